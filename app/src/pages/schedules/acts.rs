//! Pausing, resuming and running at once: small forms that work without wasm, and what came of them.

use crate::api::{PauseSchedule, RunSchedule, form_error};
use crate::components::error_panel::ErrorPanel;
use crate::components::toast::use_toasts;
use crate::query::encode;
use crate::view::{ScheduleRow, ScheduleStanding};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What one can do to an entry beside editing and deleting it.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    pause: ServerAction<PauseSchedule>,
    run: ServerAction<RunSchedule>,
}

impl Acts {
    /// Creates the actions. Their outcome is told in a notice, and `when_done` runs after each that went through.
    pub fn new(when_done: impl Fn() + Copy + Send + Sync + 'static) -> Self {
        let acts = Self { pause: ServerAction::new(), run: ServerAction::new() };
        let toasts = use_toasts();
        Effect::watch(
            move || acts.pause.value().get(),
            move |outcome, _, _| match outcome {
                Some(Ok(())) => when_done(),
                Some(Err(error)) => toasts.refused(error.message()),
                None => {}
            },
            false,
        );
        Effect::watch(
            move || acts.run.value().get(),
            move |outcome, _, _| match outcome {
                Some(Ok(id)) => {
                    toasts.done_with_link("Sent 1 task", format!("/tasks/{}", encode(id)));
                    when_done();
                }
                Some(Err(error)) => toasts.refused(error.message()),
                None => {}
            },
            false,
        );
        acts
    }
}

/// Whether a switch can do anything for an entry.
fn can_switch(row: &ScheduleRow) -> bool {
    matches!(row.standing, ScheduleStanding::Active | ScheduleStanding::Paused)
}

/// Turns an entry off and on: as a switch in a list, in words on its own page.
pub(super) fn switch(row: &ScheduleRow, acts: Acts, in_words: bool) -> Option<AnyView> {
    if !can_switch(row) {
        return None;
    }
    let (name, on) = (row.name.clone(), row.standing == ScheduleStanding::Active);
    let (dispatched, label) = (name.clone(), format!("{name} is scheduled"));
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        acts.pause.dispatch(PauseSchedule { name: dispatched.clone(), paused: on });
    };
    let button = match in_words {
        true => view! { <button type="submit" class="button">{if on { "Pause" } else { "Resume" }}</button> }
            .into_any(),
        false => view! {
            <button
                type="submit"
                class="toggle"
                role="switch"
                aria-checked=on.to_string()
                aria-label=label
                title=if on { "On. Press to pause." } else { "Paused. Press to resume." }
            ></button>
        }
        .into_any(),
    };
    let form = view! {
        <form method="post" action=PauseSchedule::PATH on:submit=on_submit>
            <input type="hidden" name="name" value=name />
            <input type="hidden" name="paused" value=on.to_string() />
            {button}
        </form>
    };
    Some(form.into_any())
}

/// Sends an entry's task at once, unless nobody understands it.
pub(super) fn run_now(row: &ScheduleRow, acts: Acts, class: &'static str) -> Option<AnyView> {
    if matches!(row.standing, ScheduleStanding::Broken { .. }) {
        return None;
    }
    let name = row.name.clone();
    let (dispatched, label) = (name.clone(), format!("Run now: {name}"));
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        acts.run.dispatch(RunSchedule { name: dispatched.clone() });
    };
    let form = view! {
        <form method="post" action=RunSchedule::PATH on:submit=on_submit>
            <input type="hidden" name="name" value=name />
            <button type="submit" class=class aria-label=label>"Run now"</button>
        </form>
    };
    Some(form.into_any())
}

/// Why a form that was posted without wasm did nothing.
#[component]
pub(super) fn PostedRefusal() -> impl IntoView {
    let (pause, run) = (form_error(PauseSchedule::PATH), form_error(RunSchedule::PATH));
    move || {
        let error = pause.get().or_else(|| run.get())?;
        Some(view! { <ErrorPanel error=Signal::stored(error) /> })
    }
}
