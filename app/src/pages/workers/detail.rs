//! One worker: what it is, what sits in its slots, what it can run.

use super::control::ControlPanel;
use super::follow::follow;
use super::inspection::{Asked, InspectionPanel};
use super::marks::{OnlineMark, Slots, load, skew};
use crate::ApiError;
use crate::api::{answer_with_status, get_worker, inspect_worker};
use crate::components::error_panel::ErrorPanel;
use crate::components::icon::{Icon, IconName};
use crate::components::relative_time::RelativeTime;
use crate::format::{UNKNOWN, clock, exact, share};
use crate::live::use_live;
use crate::query::{TaskQuery, encode, queue_href};
use crate::view::{Inspection, Millis, RunningTask, TaskState, WorkerDetail, WorkerRow};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

#[component]
pub fn WorkerPage() -> impl IntoView {
    let live = use_live();
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("name").unwrap_or_default()));
    let worker = Resource::new(move || (name.get(), live.refetch.get()), |(name, _)| meet(name));
    view! {
        <Title text=move || name.get() />
        <Transition>
            {move || Suspend::new(async move {
                match worker.await {
                    Ok((worker, heard)) => view! { <Worker worker heard /> }.into_any(),
                    Err(error) => view! { <Missing name=name.get_untracked() error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// The worker as its events show it, and what it says of itself as far as it answers at once.
async fn meet(name: String) -> Result<(WorkerDetail, Inspection), ApiError> {
    let worker = get_worker(name.clone()).await?;
    // A worker that is gone is not waited for. A failed question is told like one without an answer.
    let heard = match worker.row.online {
        true => inspect_worker(name, false).await.unwrap_or_default(),
        false => Inspection::default(),
    };
    Ok((worker, heard))
}

#[component]
fn Missing(name: String, error: ApiError) -> impl IntoView {
    answer_with_status(&error);
    view! {
        <h1 class="page-title">{name}</h1>
        <ErrorPanel error />
        <p class="page-note"><a href="/workers">"All workers"</a></p>
    }
}

#[component]
fn Worker(worker: WorkerDetail, heard: Inspection) -> impl IntoView {
    let live = use_live();
    let name = StoredValue::new(worker.row.name.clone());
    let asked = Asked::new(worker.row.name.clone(), heard, worker.row.online);
    let worker = RwSignal::new(worker);
    follow(live, worker);

    let row = Memo::new(move |_| worker.with(|worker| worker.row.clone()));
    let running = Memo::new(move |_| worker.with(|worker| worker.running.clone()));
    // Its heartbeats tell its tasks, slots and pool, or it says so when it is asked, or they are not known.
    let registered = Memo::new(move |_| match worker.with(|worker| worker.registered.clone()) {
        told if !told.is_empty() => told,
        _ => asked.said.with(|said| said.registered.iter().flatten().map(|task| task.name.clone()).collect()),
    });
    let slots = Memo::new(move |_| row.read().slots.or_else(|| asked.said.with(|said| said.concurrency)));
    let pool = Memo::new(move |_| {
        worker.with(|worker| worker.pool.clone()).or_else(|| asked.said.with(|said| said.pool.clone()))
    });
    let tasks = TaskQuery { worker: Some(name.get_value()), ..TaskQuery::default() };
    let failed = TaskQuery { states: vec![TaskState::Failure], ..tasks.clone() };
    view! {
        <h1 class="page-title worker-title">{name.get_value()}</h1>
        <p class="page-note worker-state">
            <OnlineMark online=Signal::derive(move || row.read().online) />
            {move || {
                skew(&row.read()).map(|words| {
                    view! { <span class="mark state-retry"><Icon name=IconName::Clock />{words}</span> }
                })
            }}
            <a href=tasks.href()>"Its tasks"</a>
            <a href=failed.href()>"Its failures"</a>
        </p>
        <Facts row pool />
        <section class="section" aria-labelledby="running">
            <div class="section-head">
                <h2 id="running">"Running now"</h2>
                <Slots
                    active=Signal::derive(move || row.read().active)
                    slots
                />
            </div>
            <Show
                when=move || !running.read().is_empty()
                fallback=|| view! { <p class="muted">"Nothing runs here at the moment."</p> }
            >
                <ul class="running">
                    <For each=move || running.get() key=|task| task.id.clone() let:task>
                        <Running task running />
                    </For>
                </ul>
            </Show>
        </section>
        <ControlPanel
            name=name.get_value()
            names=registered
            queues=Signal::derive(move || row.read().queues.clone())
            when_done=Callback::new(move |()| asked.ask())
        />
        <InspectionPanel asked known=registered running />
    }
}

/// What is known about the worker, as pairs.
#[component]
fn Facts(#[prop(into)] row: Signal<WorkerRow>, #[prop(into)] pool: Signal<Option<String>>) -> impl IntoView {
    let unknown = |text: Option<String>| text.unwrap_or_else(|| UNKNOWN.to_owned());
    let moment = |at: Option<Millis>| match at {
        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
        None => UNKNOWN.into_any(),
    };
    let queues = move || {
        let row = row.read();
        let links: Vec<_> = row
            .queues
            .iter()
            .enumerate()
            .map(|(place, queue)| {
                view! { {(place > 0).then_some(", ")} <a href=queue_href(queue)>{queue.clone()}</a> }
            })
            .collect();
        if links.is_empty() { UNKNOWN.into_any() } else { links.into_any() }
    };
    view! {
        <dl class="facts">
            <div><dt>"Received"</dt><dd>{move || exact(row.read().processed)}</dd></div>
            <div><dt>"Succeeded"</dt><dd>{move || exact(row.read().succeeded)}</dd></div>
            <div>
                <dt>"Failed"</dt>
                <dd class:state-failure=move || row.read().failed != 0>{move || exact(row.read().failed)}</dd>
            </div>
            <div><dt>"Heartbeat"</dt><dd>{move || moment(row.read().last_heartbeat)}</dd></div>
            <div><dt>"Started"</dt><dd>{move || moment(row.read().started_at)}</dd></div>
            <div><dt>"Load"</dt><dd>{move || load(&row.read())}</dd></div>
            <div><dt>"Pool"</dt><dd>{move || unknown(pool.get())}</dd></div>
            <div><dt>"Process"</dt><dd>{move || unknown(row.read().pid.map(|pid| pid.to_string()))}</dd></div>
            <div><dt>"Software"</dt><dd>{move || unknown(row.read().software.clone())}</dd></div>
            <div><dt>"Queues"</dt><dd>{queues}</dd></div>
        </dl>
    }
}

/// One slot that is taken: the task, how far it is, and for how long.
#[component]
fn Running(task: RunningTask, #[prop(into)] running: Signal<Vec<RunningTask>>) -> impl IntoView {
    let now = use_live().now;
    let id = task.id.clone();
    let state = Memo::new(move |_| {
        running.with(|tasks| {
            tasks.iter().find(|task| task.id == id).map(|task| (task.started_at, task.progress))
        })
    });
    let progress = move || state.get().and_then(|(_, progress)| progress);
    let time = move || {
        let started = state.get().and_then(|(started, _)| started);
        started.map_or_else(|| UNKNOWN.to_owned(), |at| clock(now.get() - at))
    };
    view! {
        <li class="running-task">
            <span class="state-started"><Icon name=IconName::Play /></span>
            <a class="list-link" href=format!("/tasks/{}", encode(&task.id))>{task.name}</a>
            <span class="running-progress">
                {move || progress().map(|done| {
                    view! {
                        <progress class="running-bar" max="1" value=done.to_string() aria-label="Progress"></progress>
                        <span class="tabular">{share(done)}</span>
                    }
                })}
            </span>
            <span class="running-clock tabular">{time}</span>
        </li>
    }
}
