//! A labelled field of a form, with its hint and its error beside it.

use super::raw_text::raw_text;
use leptos::prelude::*;

/// What kind of text a field takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    #[default]
    Line,
    /// Several lines of code, in mono.
    Code,
    /// A number, which brings up figures on a phone.
    Number,
}

/// One field. Its text lives in `value`, both ways.
#[component]
pub fn Field(
    name: &'static str,
    label: &'static str,
    #[prop(optional)] kind: FieldKind,
    value: RwSignal<String>,
    /// The error to show, without which the field is fine.
    #[prop(into)]
    error: Signal<Option<String>>,
    #[prop(optional, into)] hint: MaybeProp<String>,
    /// The id of a `<datalist>` with suggestions.
    #[prop(optional)]
    list: Option<&'static str>,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    let described = format!("{name}-hint {name}-error");
    let invalid = move || error.read().is_some().then_some("true");
    let initial = value.get_untracked();
    let control = match kind {
        FieldKind::Code => view! {
            <textarea
                class="field-control field-code mono"
                id=name
                name=name
                rows="4"
                spellcheck="false"
                autocomplete="off"
                aria-describedby=described
                aria-invalid=invalid
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            >
                {raw_text(initial)}
            </textarea>
        }
        .into_any(),
        FieldKind::Line | FieldKind::Number => view! {
            <input
                class="field-control"
                id=name
                name=name
                type="text"
                inputmode=(kind == FieldKind::Number).then_some("decimal")
                list=list
                required=required
                spellcheck="false"
                autocomplete="off"
                aria-describedby=described
                aria-invalid=invalid
                value=initial
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
        }
        .into_any(),
    };
    view! {
        <div class="field" class:field-wrong=move || error.read().is_some()>
            <label class="field-label" for=name>{label}</label>
            {control}
            <p class="field-hint" id=format!("{name}-hint")>{move || hint.get()}</p>
            <p class="field-error" id=format!("{name}-error") role="alert">{move || error.get()}</p>
        </div>
    }
}
