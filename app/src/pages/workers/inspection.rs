//! What a worker says of itself. It is asked when the page opens; one that answers late is waited for in the page.

use crate::api::inspect_worker;
use crate::components::json_view::JsonView;
use crate::components::relative_time::RelativeTime;
use crate::format::{UNKNOWN, duration, exact, short_id};
use crate::query::{TaskQuery, encode, queue_href};
use crate::view::{ConsumedQueue, HeldTask, Inspection, KnownTask, RunningTask};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is known by asking.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub said: RwSignal<Inspection>,
    /// Whether the worker is being asked right now.
    pub asking: RwSignal<bool>,
    name: StoredValue<String>,
    /// Whether it was online when the page was opened; one that was not is asked on demand only.
    online: bool,
}

impl Asked {
    /// Begins with what was heard in time for the first paint; without that, asks once more and more patiently.
    pub fn new(name: String, heard: Inspection, online: bool) -> Self {
        let late = !heard.answered && online;
        let asked = Self {
            said: RwSignal::new(heard),
            asking: RwSignal::new(late),
            name: StoredValue::new(name),
            online,
        };
        Effect::new(move |_| {
            if late {
                asked.ask();
            }
        });
        asked
    }

    pub fn ask(self) {
        self.asking.set(true);
        let name = self.name.get_value();
        spawn_local(async move {
            let said = inspect_worker(name, true).await;
            // The reader may have left the page meanwhile.
            let _ = self.asking.try_set(false);
            if let Ok(said) = said {
                let _ = self.said.try_set(said);
            }
        });
    }
}

/// The section. `known` are the names of its tasks that its heartbeats tell, for a worker that does not answer;
/// `running` is what its events tell, which is not said twice.
#[component]
pub(super) fn InspectionPanel(
    asked: Asked,
    #[prop(into)] known: Signal<Vec<String>>,
    #[prop(into)] running: Signal<Vec<RunningTask>>,
) -> impl IntoView {
    let said = asked.said;
    let answered = Memo::new(move |_| said.with(|said| said.answered));
    let silence = move || match (asked.asking.get(), asked.online) {
        (true, _) => "It is being asked…",
        (false, true) => {
            "No answer within 2 s: it may be busy, or stopped, or not take remote control. What its events tell \
             stands above."
        }
        (false, false) => "It is offline, and gives no answer.",
    };
    let registered = Memo::new(move |_| {
        said.with(|said| said.registered.clone())
            .unwrap_or_else(|| known.get().into_iter().map(|name| KnownTask { name, limits: None }).collect())
    });
    // A worker whose task events are off tells of what it runs only when it is asked.
    let unheard = move || {
        let mut active = said.with(|said| said.active.clone()).unwrap_or_default();
        running.with(|running| active.retain(|task| running.iter().all(|run| run.id != task.id)));
        active
    };
    view! {
        <section class="section" aria-labelledby="inspection">
            <div class="section-head">
                <h2 id="inspection">"What it says of itself"</h2>
                <button
                    type="button"
                    class="button button-small"
                    aria-busy=move || asked.asking.get().then_some("true")
                    on:click=move |_| asked.ask()
                >
                    "Ask again"
                </button>
            </div>
            <Show when=move || answered.get() fallback=move || view! { <p class="muted">{silence}</p> }>
                {move || facts(&said.read())}
            </Show>
        </section>
        {move || said.with(|said| said.queues.clone()).map(queues)}
        <Held title="Running without telling" tasks=Signal::derive(unheard) />
        <Held title="Taken ahead" tasks=Signal::derive(move || said.with(|said| said.reserved.clone()).unwrap_or_default()) />
        <Held title="Held until due" tasks=Signal::derive(move || said.with(|said| said.scheduled.clone()).unwrap_or_default()) />
        <section class="section" aria-labelledby="registered">
            <div class="section-head">
                <h2 id="registered">"Registered tasks"</h2>
                <span class="muted tabular">{move || exact(registered.read().len() as u64)}</span>
            </div>
            <Show
                when=move || !registered.read().is_empty()
                fallback=|| view! { <p class="muted">"It has not told which tasks it can run."</p> }
            >
                <ul class="worker-names">{move || registered.get().into_iter().map(task).collect_view()}</ul>
            </Show>
        </section>
        {move || said.with(|said| said.conf.clone()).map(|conf| view! {
            <details class="section settings">
                <summary>"Settings"</summary>
                <JsonView value=Signal::stored(conf) label="Settings" />
            </details>
        })}
    }
}

fn facts(said: &Inspection) -> impl IntoView + use<> {
    let unknown = || UNKNOWN.to_owned();
    let count = |count: Option<u64>| count.map_or_else(unknown, exact);
    let processes = match said.processes.as_slice() {
        [] => UNKNOWN.to_owned(),
        processes => processes.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
    };
    view! {
        <dl class="facts">
            <div><dt>"Pool"</dt><dd>{said.pool.clone().unwrap_or_else(unknown)}</dd></div>
            <div><dt>"Slots"</dt><dd>{count(said.concurrency.map(u64::from))}</dd></div>
            <div><dt>"Takes ahead"</dt><dd>{count(said.prefetch)}</dd></div>
            <div><dt>"Up for"</dt><dd>{said.uptime.map_or_else(unknown, duration)}</dd></div>
            <div><dt>"Processes"</dt><dd>{processes}</dd></div>
        </dl>
    }
}

fn queues(queues: Vec<ConsumedQueue>) -> impl IntoView {
    let count = exact(queues.len() as u64);
    let queue = |queue: ConsumedQueue| {
        view! {
            <li>
                <a href=queue_href(&queue.name)>{queue.name.clone()}</a>
                {queue.route.map(|route| view! { " " <span class="muted">{route}</span> })}
            </li>
        }
    };
    view! {
        <section class="section" aria-labelledby="takes-from">
            <div class="section-head">
                <h2 id="takes-from">"Takes from"</h2>
                <span class="muted tabular">{count}</span>
            </div>
            <ul class="worker-names">{queues.into_iter().map(queue).collect_view()}</ul>
        </section>
    }
}

fn task(task: KnownTask) -> impl IntoView {
    let query = TaskQuery { name: Some(task.name.clone()), ..TaskQuery::default() };
    view! {
        <li>
            <a href=query.href()>{task.name}</a>
            {task.limits.map(|limits| view! { " " <span class="muted">{limits}</span> })}
        </li>
    }
}

/// Messages the worker has in hand; nothing is shown where there are none.
#[component]
fn Held(title: &'static str, tasks: Signal<Vec<HeldTask>>) -> impl IntoView {
    let tasks = Memo::new(move |_| tasks.get());
    let row = |task: HeldTask| {
        let time = match (task.until, task.started_at) {
            (Some(at), _) | (None, Some(at)) => Some(view! { <RelativeTime at=Signal::stored(at) /> }),
            (None, None) => None,
        };
        view! {
            <li class="running-task">
                <span class="mono muted held-id">{short_id(&task.id)}</span>
                <a class="list-link" href=format!("/tasks/{}", encode(&task.id))>{task.name}</a>
                <span class="mono muted held-call" title=task.call>{task.call.clone()}</span>
                <span class="running-clock tabular">{time}</span>
            </li>
        }
    };
    view! {
        <Show when=move || !tasks.read().is_empty()>
            <section class="section" aria-label=title>
                <div class="section-head">
                    <h2>{title}</h2>
                    <span class="muted tabular">{move || exact(tasks.read().len() as u64)}</span>
                </div>
                <ul class="held">{move || tasks.get().into_iter().map(row).collect_view()}</ul>
            </section>
        </Show>
    }
}
