//! Cancelling and retrying, for one task or a selection, and telling what came of it.

use crate::ApiError;
use crate::api::{CancelTasks, RetryTasks, form_error};
use crate::components::error_panel::ErrorPanel;
use crate::components::toast::{Toasts, use_toasts};
use crate::query::encode;
use crate::view::Acted;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The two things one can do to tasks.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    pub cancel: ServerAction<CancelTasks>,
    pub retry: ServerAction<RetryTasks>,
}

impl Acts {
    /// Creates the actions; their outcome is told in a notice.
    pub fn new() -> Self {
        let acts = Self { cancel: ServerAction::new(), retry: ServerAction::new() };
        let toasts = use_toasts();
        Effect::new(move |_| tell(toasts, Verb::Cancel, acts.cancel.value().get()));
        Effect::new(move |_| tell(toasts, Verb::Retry, acts.retry.value().get()));
        acts
    }

    /// Runs something after each act that went through.
    pub fn when_done(self, then: impl Fn() + Clone + Send + Sync + 'static) {
        let after = move |outcome: &Option<Result<Vec<Acted>, ApiError>>| {
            if matches!(outcome, Some(Ok(_))) {
                then();
            }
        };
        let after_retry = after.clone();
        Effect::watch(move || self.cancel.value().get(), move |outcome, _, _| after(outcome), false);
        Effect::watch(move || self.retry.value().get(), move |outcome, _, _| after_retry(outcome), false);
    }

    /// Whether the server is being asked right now.
    pub fn busy(self) -> bool {
        self.cancel.pending().get() || self.retry.pending().get()
    }
}

/// Why a form that was posted without wasm did nothing.
#[component]
pub(super) fn PostedRefusal() -> impl IntoView {
    let (cancel, retry) = (form_error(CancelTasks::PATH), form_error(RetryTasks::PATH));
    move || {
        let error = cancel.get().or_else(|| retry.get())?;
        Some(view! { <ErrorPanel error=Signal::stored(error) /> })
    }
}

#[derive(Clone, Copy)]
enum Verb {
    Cancel,
    Retry,
}

fn tell(toasts: Toasts, verb: Verb, outcome: Option<Result<Vec<Acted>, ApiError>>) {
    match outcome {
        None => {}
        Some(Err(error)) => toasts.refused(error.message()),
        Some(Ok(acted)) => {
            match (done_sentence(verb, &acted), link(&acted)) {
                (Some(text), Some(href)) => toasts.done_with_link(text, href),
                (Some(text), None) => toasts.done(text),
                (None, _) => {}
            }
            if let Some(text) = refusal_sentence(&acted) {
                toasts.refused(text);
            }
        }
    }
}

/// "Cancelling 3 tasks": a wish, because the truth arrives by the live stream.
fn done_sentence(verb: Verb, acted: &[Acted]) -> Option<String> {
    let doing = match verb {
        Verb::Cancel => "Cancelling",
        Verb::Retry => "Retrying",
    };
    match acted.iter().filter(|one| one.refusal.is_none()).count() {
        0 => None,
        1 => Some(format!("{doing} 1 task")),
        count => Some(format!("{doing} {count} tasks")),
    }
}

/// "2 tasks were left alone: this task has already finished".
fn refusal_sentence(acted: &[Acted]) -> Option<String> {
    let mut refusals = acted.iter().filter_map(|one| one.refusal.as_deref());
    let first = refusals.next()?;
    Some(match refusals.count() {
        0 => format!("1 task was left alone: {first}"),
        more => format!("{} tasks were left alone: {first}", more + 1),
    })
}

/// The new task of a single retry.
fn link(acted: &[Acted]) -> Option<String> {
    match acted {
        [Acted { new_id: Some(id), .. }] => Some(format!("/tasks/{}", encode(id))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acted(refusal: Option<&str>) -> Acted {
        Acted { id: "a".to_owned(), new_id: None, refusal: refusal.map(str::to_owned) }
    }

    #[test]
    fn what_was_done_and_what_was_not_are_told_apart() {
        let some = [acted(None), acted(None), acted(Some("It has finished."))];
        assert_eq!(done_sentence(Verb::Cancel, &some).as_deref(), Some("Cancelling 2 tasks"));
        assert_eq!(refusal_sentence(&some).as_deref(), Some("1 task was left alone: It has finished."));
    }

    #[test]
    fn nothing_done_is_not_told_as_done() {
        assert_eq!(done_sentence(Verb::Retry, &[acted(Some("No."))]), None);
        assert_eq!(refusal_sentence(&[acted(None)]), None);
    }
}
