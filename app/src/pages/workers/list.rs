//! Every worker heard of: is it there, how busy is it, what has it done.

use super::marks::{OnlineMark, Slots, load, skew};
use crate::api::{answer_with_status, list_workers};
use crate::components::empty::Empty;
use crate::components::error_panel::ErrorPanel;
use crate::components::icon::{Icon, IconName};
use crate::components::relative_time::RelativeTime;
use crate::format::{UNKNOWN, exact};
use crate::live::use_live;
use crate::pages::live_rows::{LiveRow, LiveRows};
use crate::query::worker_href;
use crate::view::WorkerRow;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn WorkersPage() -> impl IntoView {
    let live = use_live();
    let workers = Resource::new(move || live.refetch.get(), |_| list_workers());
    view! {
        <Title text="Workers" />
        <h1 class="page-title">"Workers"</h1>
        <Transition>
            {move || Suspend::new(async move {
                match workers.await {
                    Ok(workers) => view! { <Workers workers /> }.into_any(),
                    Err(error) => {
                        answer_with_status(&error);
                        view! { <ErrorPanel error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Workers(workers: Vec<WorkerRow>) -> impl IntoView {
    let rows = LiveRows::new(workers);
    rows.follow(|frame| &frame.workers);
    let sentence = move || {
        let online = rows.count(|row| row.online);
        match rows.rows.with(Vec::len) - online {
            0 => format!("{online} online"),
            gone => format!("{online} online, {gone} offline"),
        }
    };
    view! {
        <Show when=move || rows.rows.with(|rows| !rows.is_empty()) fallback=NoWorkers>
            <p class="page-note">{sentence}</p>
            <div class="list-box" tabindex="0" role="region" aria-label="Workers">
                <table class="list list-cards workers">
                    <thead>
                        <tr>
                            <th scope="col">"Worker"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Slots taken"</th>
                            <th scope="col" class="num">"Received"</th>
                            <th scope="col" class="num">"Succeeded"</th>
                            <th scope="col" class="num">"Failed"</th>
                            <th scope="col" class="num">"Load"</th>
                            <th scope="col">"Queues"</th>
                            <th scope="col">"Heartbeat"</th>
                            <th scope="col">"Software"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || rows.rows.get() key=|row| row.key.clone() let:row>
                            <Row row />
                        </For>
                    </tbody>
                </table>
            </div>
        </Show>
    }
}

#[component]
fn Row(row: LiveRow<WorkerRow>) -> impl IntoView {
    let (name, row) = (row.key, RwSignal::from(row.row));
    let count = move |value: fn(&WorkerRow) -> u64| move || exact(row.with(value));
    let software = move || row.with(|row| row.software.clone()).unwrap_or_else(|| UNKNOWN.to_owned());
    let class =
        move |value: fn(&WorkerRow) -> u64| move || if row.with(value) == 0 { "num zero" } else { "num" };
    view! {
        <tr class:row-away=move || row.with(|row| !row.online)>
            <th scope="row">
                <a class="list-link" href=worker_href(&name) title=name.clone()>{name.clone()}</a>
            </th>
            <td class="cell-beside">
                <OnlineMark online=Signal::derive(move || row.with(|row| row.online)) />
                {move || {
                    row.with(skew).map(|words| {
                        view! { <span class="mark state-retry worker-skew"><Icon name=IconName::Clock />{words}</span> }
                    })
                }}
            </td>
            <td class="cell-wide" data-label="Slots taken">
                <Slots
                    active=Signal::derive(move || row.with(|row| row.active))
                    slots=Signal::derive(move || row.with(|row| row.slots))
                />
            </td>
            <td class=class(|row| row.processed) data-label="Received">{count(|row| row.processed)}</td>
            <td class=class(|row| row.succeeded) data-label="Succeeded">{count(|row| row.succeeded)}</td>
            <td class=move || if row.with(|row| row.failed == 0) { "num zero" } else { "num state-failure" } data-label="Failed">
                {count(|row| row.failed)}
            </td>
            <td class="num" data-label="Load">{move || row.with(load)}</td>
            <td data-label="Queues"><Queues row /></td>
            <td data-label="Heartbeat">
                {move || match row.with(|row| row.last_heartbeat) {
                    Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                    None => UNKNOWN.into_any(),
                }}
            </td>
            <td class="cut cell-hidden" title=software data-label="Software">{software}</td>
        </tr>
    }
}

/// The first queues by name, and how many more there are; all of them are in the title.
#[component]
fn Queues(#[prop(into)] row: Signal<WorkerRow>) -> impl IntoView {
    const NAMED: usize = 2;
    let queues = Memo::new(move |_| row.with(|row| row.queues.clone()));
    let named = move || match queues.get() {
        queues if queues.is_empty() => UNKNOWN.to_owned(),
        queues => queues.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", "),
    };
    let more = move || Some(queues.read().len().saturating_sub(NAMED)).filter(|more| *more > 0);
    view! {
        <span class="worker-queues" title=move || queues.read().join("\n")>
            <span>{named}</span>
            <span class="muted">{move || more().map(|more| format!("+{more}"))}</span>
        </span>
    }
}

#[component]
fn NoWorkers() -> impl IntoView {
    view! {
        <Empty title="No worker has been seen">
            <p>
                "A worker appears here with its first heartbeat. Umbel starts one of its own; a Celery worker shows up \
                when it uses the same broker and sends events."
            </p>
            <div class="command"><code tabindex="0">"celery -A your_app worker --task-events"</code></div>
        </Empty>
    }
}
