//! One queue: how much waits, who takes from it, and what waits in which order.

use super::purge::Purge;
use super::waiting::WaitingList;
use crate::api::{answer_with_status, form_told, get_queue};
use crate::components::error_panel::ErrorPanel;
use crate::components::icon::{Icon, IconName};
use crate::components::told::Told;
use crate::format::{UNKNOWN, clock, exact, rate};
use crate::live::{Live, use_live};
use crate::query::{TaskQuery, worker_href};
use crate::view::{Millis, QueueDetail, QueueRow};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

/// How often the list of what waits is asked for again, in milliseconds. The numbers come with the stream.
const REFRESH: Millis = 3_000;

/// `/queues/:name?offset=`
#[component]
pub fn QueuePage() -> impl IntoView {
    let live = use_live();
    let (params, query) = (use_params_map(), use_query_map());
    let name = Memo::new(move |_| params.with(|params| params.get("name").unwrap_or_default()));
    let offset = Memo::new(move |_| {
        query.with(|query| query.get_str("offset").and_then(|text| text.parse::<u64>().ok()).unwrap_or(0))
    });
    let queue = Resource::new(
        move || (name.get(), offset.get(), live.refetch.get()),
        |(name, offset, _)| get_queue(name, offset),
    );
    view! {
        <Title text=move || name.get() />
        <Transition>
            {move || Suspend::new(async move {
                match queue.await {
                    Ok(queue) => view! { <Queue queue /> }.into_any(),
                    Err(error) => {
                        answer_with_status(&error);
                        view! {
                            <h1 class="page-title">{name.get_untracked()}</h1>
                            <ErrorPanel error />
                            <p class="page-after"><a href="/queues">"All queues"</a></p>
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Queue(queue: QueueDetail) -> impl IntoView {
    let name = queue.row.name.clone();
    let tasks = TaskQuery { queue: Some(name.clone()), ..TaskQuery::default() };
    let queue = RwSignal::new(queue);
    follow(use_live(), queue);
    let told = form_told();
    view! {
        <header class="page-head">
            <h1 class="queue-name">{name}</h1>
            <a href=tasks.href()>"Its tasks"</a>
        </header>
        {move || told.get().map(|sentence| view! { <Told sentence /> })}
        <Numbers queue />
        <Takers queue />
        <section class="section" aria-labelledby="waiting">
            <div class="section-head">
                <h2 id="waiting">"Waiting"</h2>
                <span class="muted">"the next to run first, held ones last"</span>
            </div>
            <WaitingList queue />
        </section>
        <Purge queue when_done=Callback::new(move |()| fetch(queue)) />
    }
}

/// Keeps the page true: the numbers with each frame, the list now and then.
fn follow(live: Live, queue: RwSignal<QueueDetail>) {
    Effect::new(move |_| {
        live.frames.with(|frame| {
            let name = queue.with_untracked(|queue| queue.row.name.clone());
            if let Some(row) = frame.queues.iter().find(|row| row.name == name) {
                queue.update(|queue| queue.row = row.clone());
            }
        });
    });
    let beat = Memo::new(move |_| live.now.get() / REFRESH);
    Effect::new(move |before: Option<i64>| {
        let beat = beat.get();
        if before.is_some_and(|before| before != beat) && !live.paused() {
            fetch(queue);
        }
        beat
    });
}

fn fetch(queue: RwSignal<QueueDetail>) {
    let (name, offset) = queue.with_untracked(|queue| (queue.row.name.clone(), queue.offset));
    spawn_local(async move {
        // A failure leaves what is known; the reader may also have left the page meanwhile.
        if let Ok(newest) = get_queue(name, offset).await {
            let _ = queue.try_set(newest);
        }
    });
}

/// The queue in numbers.
#[component]
fn Numbers(queue: RwSignal<QueueDetail>) -> impl IntoView {
    let now = use_live().now;
    let row = Memo::new(move |_| queue.with(|queue| queue.row.clone()));
    let count = move |value: fn(&QueueRow) -> u64| move || exact(row.with(value));
    let oldest = move || row.read().oldest.map_or_else(|| UNKNOWN.to_owned(), |at| clock(now.get() - at));
    view! {
        <dl class="facts">
            <div><dt>"Ready"</dt><dd>{count(|row| row.ready)}</dd></div>
            <div><dt>"Held"</dt><dd>{count(|row| row.held)}</dd></div>
            <div><dt>"In hand"</dt><dd>{count(|row| row.in_hand)}</dd></div>
            <div><dt>"Oldest waits"</dt><dd>{oldest}</dd></div>
            <div><dt>"Finished"</dt><dd>{move || rate(row.read().rate)}</dd></div>
        </dl>
    }
}

/// Who takes from the queue; a warning when work waits and nobody does.
#[component]
fn Takers(queue: RwSignal<QueueDetail>) -> impl IntoView {
    let takers = Memo::new(move |_| queue.with(|queue| queue.takers.clone()));
    let waits = Memo::new(move |_| queue.with(|queue| queue.row.ready > 0));
    let nobody = move || match waits.get() {
        true => view! {
            <p class="mark state-failure"><Icon name=IconName::Alert />"No worker takes from it"</p>
        }
        .into_any(),
        false => view! { <p class="muted">"No worker takes from it at the moment."</p> }.into_any(),
    };
    let taker = |name: String| view! { <li><a href=worker_href(&name)>{name.clone()}</a></li> };
    view! {
        <section class="section" aria-labelledby="takers">
            <div class="section-head"><h2 id="takers">"Workers"</h2></div>
            <Show when=move || !takers.read().is_empty() fallback=nobody>
                <ul class="takers">{move || takers.get().into_iter().map(taker).collect_view()}</ul>
            </Show>
        </section>
    }
}
