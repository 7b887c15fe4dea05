//! A task's state as icon shape, word and colour together: never by colour alone.

use super::icon::{Icon, IconName};
use crate::view::TaskState;
use leptos::prelude::*;

/// The class that colours text (and with it, tints and chart areas) as the state.
pub fn state_class(state: TaskState) -> &'static str {
    match state {
        TaskState::Pending => "state-pending",
        TaskState::Scheduled => "state-scheduled",
        TaskState::Received => "state-received",
        TaskState::Started => "state-started",
        TaskState::Progress => "state-progress",
        TaskState::Success => "state-success",
        TaskState::Failure => "state-failure",
        TaskState::Retry => "state-retry",
        TaskState::Revoked => "state-revoked",
        TaskState::Rejected => "state-rejected",
    }
}

/// The shape that tells the state without its colour.
pub fn state_icon(state: TaskState) -> IconName {
    match state {
        TaskState::Pending => IconName::Circle,
        TaskState::Scheduled => IconName::Clock,
        TaskState::Received => IconName::Inbox,
        TaskState::Started | TaskState::Progress => IconName::Play,
        TaskState::Success => IconName::Check,
        TaskState::Failure => IconName::Cross,
        TaskState::Retry => IconName::Loop,
        TaskState::Revoked => IconName::Slash,
        TaskState::Rejected => IconName::Struck,
    }
}

/// The badge. `custom` is the word a task gave its own state, where it is not one of Celery's.
#[component]
pub fn StateBadge(
    #[prop(into)] state: Signal<TaskState>,
    #[prop(optional, into)] custom: MaybeProp<String>,
) -> impl IntoView {
    let word = move || custom.get().unwrap_or_else(|| state.get().as_str().to_owned());
    view! {
        <span class=move || format!("badge {}", state_class(state.get())) title=move || custom.get()>
            {move || view! { <Icon name=state_icon(state.get()) /> }}
            <span class="badge-word">{word}</span>
        </span>
    }
}
