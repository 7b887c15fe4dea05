//! The three pictures of a list without rows: never any task, none that matches, none on this page.

use super::filters::{cleared, in_words};
use crate::components::button::CopyButton;
use crate::components::empty::Empty;
use crate::query::TaskQuery;
use leptos::prelude::*;

/// What stands where the table would be.
#[component]
pub(super) fn NoTasks(query: TaskQuery, unfiltered: RwSignal<u64>) -> impl IntoView {
    let first_run = Memo::new(move |_| unfiltered.get() == 0);
    move || {
        if first_run.get() {
            view! { <FirstRun /> }.into_any()
        } else if query.is_filtered() {
            view! { <NoMatch query=query.clone() /> }.into_any()
        } else {
            view! { <PastTheEnd query=query.clone() /> }.into_any()
        }
    }
}

#[component]
fn FirstRun() -> impl IntoView {
    let origin = RwSignal::new("http://localhost:5555".to_owned());
    // The server may be reached under any name; the browser knows which.
    Effect::new(move |_| {
        if let Ok(here) = window().location().origin() {
            origin.set(here);
        }
    });
    let command = Signal::derive(move || {
        let body = r#"{"name": "demo.add", "args": [2, 3]}"#;
        format!("curl {}/api/v1/tasks -H 'Content-Type: application/json' -d '{body}'", origin.get())
    });
    view! {
        <Empty title="No tasks yet">
            <p>"Every task that is sent shows up here at once. Send a first one:"</p>
            <div class="command">
                <code tabindex="0">{command}</code>
                <CopyButton text=command label="Copy the command" attr:data-copy="" attr:data-page-action="" />
            </div>
            <p>
                "or " <a href="/tasks/new">"fill in the form"</a> "."
            </p>
        </Empty>
    }
}

#[component]
fn NoMatch(query: TaskQuery) -> impl IntoView {
    let clear = cleared(&query);
    let words = in_words(&query).into_iter().map(|word| view! { <li>{word}</li> }).collect_view();
    view! {
        <Empty title="No task matches">
            <p>"The active filters are:"</p>
            <ul class="active-filters">{words}</ul>
            <p>
                <a class="button" href=clear>"Clear the filters"</a>
            </p>
        </Empty>
    }
}

#[component]
fn PastTheEnd(query: TaskQuery) -> impl IntoView {
    view! {
        <Empty title="Nothing on this page">
            <p>
                <a class="button" href=query.first_page().href()>"Go to the first page"</a>
            </p>
        </Empty>
    }
}
