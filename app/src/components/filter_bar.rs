//! A form that narrows a list. It is a plain GET form; where wasm runs, each change goes to the URL at once.

use leptos::ev::{Event, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, UrlSearchParams};

/// The form around the filters' fields.
#[component]
pub fn FilterBar(
    action: &'static str,
    #[prop(into)] label: String,
    /// Told the form's fields as a query string, after a change or a submit.
    on_search: Callback<String>,
    children: Children,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let tell = move || {
        if let Some(search) = form.get_untracked().and_then(|form| search_of(&form)) {
            on_search.run(search);
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        tell();
    };
    view! {
        <form
            node_ref=form
            class="filter-bar"
            role="search"
            aria-label=label
            method="get"
            action=action
            on:submit=on_submit
            on:change=move |_: Event| tell()
        >
            {children()}
        </form>
    }
}

/// What the browser itself would put behind the question mark.
fn search_of(form: &HtmlFormElement) -> Option<String> {
    let fields = FormData::new_with_form(form).ok()?;
    let params = UrlSearchParams::new_with_str_sequence_sequence(fields.unchecked_ref()).ok()?;
    params.to_string().as_string()
}

/// A text field of the bar with suggestions of what is known.
#[component]
pub fn FilterText(
    name: &'static str,
    label: &'static str,
    #[prop(into)] value: Signal<Option<String>>,
    #[prop(into)] known: Signal<Vec<String>>,
    /// The field that `/` leads to.
    #[prop(optional)]
    is_search: bool,
) -> impl IntoView {
    let list = format!("known-{name}");
    let text = move || value.get().unwrap_or_default();
    view! {
        <label class="filter-field">
            <span class="filter-label">{label}</span>
            <input
                class="field-control"
                type="search"
                name=name
                value=value.get_untracked().unwrap_or_default()
                prop:value=text
                list=list.clone()
                autocomplete="off"
                spellcheck="false"
                data-search=is_search.then_some("")
            />
            <datalist id=list>
                {move || known.get().into_iter().map(|word| view! { <option value=word></option> }).collect_view()}
            </datalist>
        </label>
    }
}
