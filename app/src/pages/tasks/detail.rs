//! One task with all that is known about it, alive while it runs.

use super::acts::{Acts, PostedRefusal};
use super::facts::Facts;
use super::history::{Attempts, Timeline};
use super::verdict::{CancelForm, RetryForm};
use crate::ApiError;
use crate::api::{answer_with_status, get_task};
use crate::components::badge::StateBadge;
use crate::components::button::CopyButton;
use crate::components::error_panel::ErrorPanel;
use crate::components::json_view::JsonView;
use crate::components::progress::{ProgressBar, Runtime};
use crate::components::traceback::Traceback;
use crate::live::{Live, use_live};
use crate::view::{Millis, TaskDetail, TaskRow, TaskState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use std::time::Duration;

/// Changes closer together than this are fetched once.
const SETTLE: Duration = Duration::from_millis(150);

/// How often a task is asked for again whose next step may not be told by any event, in milliseconds.
const REFRESH: Millis = 3_000;

/// `/tasks/:id`
#[component]
pub fn TaskPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let detail = Resource::new_blocking(move || id.get(), get_task);
    view! {
        <Transition fallback=|| view! { <div class="table-skeleton" aria-busy="true"></div> }>
            {move || Suspend::new(async move {
                match detail.await {
                    Ok(detail) => view! { <TaskView detail /> }.into_any(),
                    Err(error) => view! { <NoTask id=id.get_untracked() error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn NoTask(id: String, error: ApiError) -> impl IntoView {
    answer_with_status(&error);
    view! {
        <Title text="Task" />
        <header class="page-head">
            <h1>"Task"</h1>
        </header>
        <p class="page-note mono task-call">{id}</p>
        <ErrorPanel error=Signal::stored(error) />
        <p class="page-after">
            <a href="/tasks">"All tasks"</a>
        </p>
    }
}

#[component]
fn TaskView(detail: TaskDetail) -> impl IntoView {
    let id = detail.row.id.clone();
    let name = detail.row.name.clone();
    let live = use_live();
    let behind = live.picture(detail.seq);
    let detail = RwSignal::new(detail);
    let acts = Acts::new();
    follow(live, detail, acts, id.clone(), !behind.is_empty());
    let state = Memo::new(move |_| detail.read().row.state);
    let custom = Signal::derive(move || detail.read().row.custom_state.clone());
    let row = Signal::derive(move || detail.read().row.clone());
    let running = Memo::new(move |_| state.get().is_running());
    view! {
        <Title text=name.clone() />
        <header class="task-head">
            <div class="task-title">
                <StateBadge state custom />
                <h1 class="task-name">{name}</h1>
                <span class="task-clock" class:invisible=move || !running.get()>
                    <Runtime row />
                </span>
            </div>
            <div class="task-acts">
                <CancelForm detail acts />
                <RetryForm detail acts />
            </div>
            <p class="task-id">
                <span class="mono">{id.clone()}</span>
                <CopyButton text=Signal::stored(id) label="Copy id" attr:data-copy="" attr:data-page-action="" />
            </p>
        </header>
        <PostedRefusal />
        <Refusal detail />
        <ProgressPanel detail />
        <div class="task-panels">
            <div class="task-main">
                <Failure detail />
                <Arguments detail />
                <Outcome detail />
                <Attempts detail />
            </div>
            <div class="task-side">
                <Facts detail />
                <Timeline detail />
            </div>
        </div>
    }
}

/// Keeps the page in step: the state at once from the frame, everything else fetched a moment later.
fn follow(live: Live, detail: RwSignal<TaskDetail>, acts: Acts, id: String, behind: bool) {
    let wanted = StoredValue::new(false);
    let fetch_id = id.clone();
    let fetch = move || {
        if wanted.get_value() {
            return;
        }
        wanted.set_value(true);
        let id = fetch_id.clone();
        set_timeout(
            move || {
                // The reader may have left the page by now.
                if wanted.try_set_value(false).is_some() {
                    return;
                }
                spawn_local(async move {
                    if let Ok(fetched) = get_task(id).await {
                        let _ = detail.try_set(fetched);
                    }
                });
            },
            SETTLE,
        );
    };
    let changed = live.task(id);
    let on_change = {
        let fetch = fetch.clone();
        move |row: &Option<TaskRow>| {
            if let Some(row) = row.clone() {
                detail.update(|detail| detail.row = row);
                fetch();
            }
        }
    };
    Effect::watch(move || changed.get(), move |row, _, _| on_change(row), false);
    let again = fetch.clone();
    Effect::watch(move || live.refetch.get(), move |_, _, _| again(), false);
    acts.when_done(fetch.clone());
    let beat = Memo::new(move |_| live.now.get() / REFRESH);
    let look = fetch.clone();
    Effect::watch(
        move || beat.get(),
        move |_, _, _| {
            let moves = detail.with_untracked(|detail| may_move_unheard(detail.row.state));
            if moves && !live.paused() {
                look();
            }
        },
        false,
    );
    Effect::new(move |_| {
        if behind {
            fetch();
        }
    });
}

/// Whether something may come of the task that no event tells: its place in line, or what a worker that sends no
/// events stores as its progress and its result.
fn may_move_unheard(state: TaskState) -> bool {
    !state.is_final() && state != TaskState::Scheduled
}

/// Why the retry button can not be pressed.
#[component]
fn Refusal(detail: RwSignal<TaskDetail>) -> impl IntoView {
    let refusal = Memo::new(move |_| detail.read().retry_refusal.clone());
    move || {
        refusal.get().map(|why| view! { <p class="task-refusal muted">"It can not be retried: " {why}</p> })
    }
}

#[component]
fn ProgressPanel(detail: RwSignal<TaskDetail>) -> impl IntoView {
    let shown =
        Memo::new(move |_| detail.with(|detail| detail.progress.is_some() && !detail.row.state.is_final()));
    let done = Signal::derive(move || {
        detail.with(|detail| detail.progress.as_ref().and_then(|progress| progress.share))
    });
    let message =
        move || detail.with(|detail| detail.progress.as_ref().and_then(|progress| progress.message.clone()));
    view! {
        <Show when=move || shown.get()>
            <section class="task-progress" aria-label="Progress">
                <ProgressBar done label="Progress" />
                <p class="task-progress-message">{message}</p>
            </section>
        </Show>
    }
}

#[component]
fn Failure(detail: RwSignal<TaskDetail>) -> impl IntoView {
    let exception = Memo::new(move |_| detail.read().row.exception.clone());
    let traceback = Memo::new(move |_| detail.read().traceback.clone());
    view! {
        <Show when=move || exception.read().is_some() || traceback.read().is_some()>
            <section class="panel">
                <h2>"Error"</h2>
                {move || exception.get().map(|text| view! { <p class="task-exception mono">{text}</p> })}
                {move || traceback.get().map(|text| view! { <Traceback text=Signal::stored(text) /> })}
            </section>
        </Show>
    }
}

#[component]
fn Arguments(detail: RwSignal<TaskDetail>) -> impl IntoView {
    let args = Memo::new(move |_| detail.read().args.clone());
    let kwargs = Memo::new(move |_| detail.read().kwargs.clone());
    let unknown = move || args.read().is_none() && kwargs.read().is_none();
    let call = move || detail.read().row.call.clone();
    let note = move || detail.read().args_note.clone();
    view! {
        <section class="panel">
            <h2>"Arguments"</h2>
            {move || args.get().map(|value| view! { <h3>"Positional"</h3> <JsonView value=Signal::stored(value) label="Positional arguments" /> })}
            {move || kwargs.get().map(|value| view! { <h3>"Keyword"</h3> <JsonView value=Signal::stored(value) label="Keyword arguments" /> })}
            <Show when=unknown>
                <p class="mono task-call">{call}</p>
            </Show>
            {move || note().map(|note| view! { <p class="muted">{note}</p> })}
        </section>
    }
}

#[component]
fn Outcome(detail: RwSignal<TaskDetail>) -> impl IntoView {
    let result = Memo::new(move |_| detail.read().result.clone());
    let note = Memo::new(move |_| detail.read().result_note.clone());
    view! {
        <Show when=move || result.read().is_some() || note.read().is_some()>
            <section class="panel">
                <h2>"Result"</h2>
                {move || result.get().map(|value| view! { <JsonView value=Signal::stored(value) label="Result" /> })}
                {move || note.get().map(|note| view! { <p class="muted">{note}</p> })}
            </section>
        </Show>
    }
}
