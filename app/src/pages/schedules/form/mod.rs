//! The form that adds and edits a schedule. Every field can stand in the address, which is how a link fills it in,
//! how the preview works without wasm, and how a refused form comes back then.

mod advanced;
mod control;
mod editor;
mod fields;
mod preview;
mod timing;

use crate::ApiError;
use crate::api::{answer_with_status, open_schedule_form};
use crate::components::error_panel::ErrorPanel;
use crate::query::encode;
use crate::view::ScheduleForm;
use fields::Form;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

/// `/schedules/new`
#[component]
pub fn NewSchedulePage() -> impl IntoView {
    view! {
        <Title text="Add a schedule" />
        <header class="page-head">
            <h1>"Add a schedule"</h1>
        </header>
        <Opening edited=Signal::stored(None) />
    }
}

/// `/schedules/:name/edit`
#[component]
pub fn EditSchedulePage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("name").unwrap_or_default()));
    view! {
        <Title text=move || format!("Edit {}", name.get()) />
        <header class="page-head">
            <h1 class="schedule-form-title">"Edit " {move || name.get()}</h1>
        </header>
        <Opening edited=Signal::derive(move || Some(name.get())) />
    }
}

#[component]
fn Opening(edited: Signal<Option<String>>) -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let text = |name: &str| query.get(name).unwrap_or_default();
            (ScheduleForm::of_fields(&text), text("zone"))
        })
    });
    let opened = Resource::new_blocking(
        move || (asked.get(), edited.get()),
        |((typed, zone), edited)| open_schedule_form(typed, zone, edited),
    );
    view! {
        <Transition fallback=|| view! { <div class="table-skeleton" aria-busy="true"></div> }>
            {move || Suspend::new(async move {
                let (zone, edited) = (asked.get_untracked().1, edited.get_untracked());
                match opened.await {
                    Ok(opened) => view! { <Form opened zone edited /> }.into_any(),
                    Err(error) => view! { <Closed error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Closed(error: ApiError) -> impl IntoView {
    answer_with_status(&error);
    view! {
        <ErrorPanel error />
        <p class="page-after"><a href="/schedules">"All schedules"</a></p>
    }
}

/// The page of an entry.
fn schedule_href(name: &str) -> String {
    format!("/schedules/{}", encode(name))
}
