//! How far a task is, and how long it has been running.

use crate::format::{UNKNOWN, clock, duration, share};
use crate::live::use_live;
use crate::view::TaskRow;
use leptos::prelude::*;

/// A bar with its percentage; without a share it only says that something is going on.
#[component]
pub fn ProgressBar(#[prop(into)] done: Signal<Option<f64>>, #[prop(into)] label: String) -> impl IntoView {
    let value = move || done.get().map(|done| done.clamp(0.0, 1.0).to_string());
    view! {
        <span class="progress">
            <progress class="progress-bar" max="1" value=value aria-label=label></progress>
            <span class="progress-word tabular">{move || done.get().map(share)}</span>
        </span>
    }
}

/// How long a task ran, or a counting clock while it runs.
#[component]
pub fn Runtime(#[prop(into)] row: Signal<TaskRow>) -> impl IntoView {
    let now = use_live().now;
    let text = Memo::new(move |_| {
        row.with(|row| match (row.state.is_running(), row.started_at, row.runtime) {
            (true, Some(started), _) => clock(now.get() - started),
            (_, _, Some(seconds)) => duration(seconds),
            _ => UNKNOWN.to_owned(),
        })
    });
    view! { <span class="tabular" class:counting=move || row.with(|row| row.state.is_running())>{text}</span> }
}
