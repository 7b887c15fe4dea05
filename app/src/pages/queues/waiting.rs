//! What waits in a queue, in the order in which it will be taken.

use crate::components::empty::Empty;
use crate::components::pagination::Pagination;
use crate::components::relative_time::RelativeTime;
use crate::format::{UNKNOWN, exact, short_id};
use crate::query::{encode, queue_href};
use crate::view::{QueueDetail, WaitingTask};
use leptos::prelude::*;

/// Rows on a page; what the server sends.
const ROWS: u64 = 50;

#[component]
pub(super) fn WaitingList(queue: RwSignal<QueueDetail>) -> impl IntoView {
    let waiting = Memo::new(move |_| queue.with(|queue| queue.waiting.clone()));
    let (offset, name) = queue.with_untracked(|queue| (queue.offset, queue.row.name.clone()));
    let href = move |offset: u64| match offset {
        0 => queue_href(&name),
        offset => format!("{}?offset={offset}", queue_href(&name)),
    };
    let (prev_href, next_href) = (StoredValue::new(href.clone()), StoredValue::new(href));
    let prev = Signal::derive(move || {
        (offset > 0).then(|| prev_href.with_value(|href| href(offset.saturating_sub(ROWS))))
    });
    let next = Signal::derive(move || {
        let more = queue.with(|queue| queue.more);
        more.then(|| next_href.with_value(|href| href(offset + ROWS)))
    });
    let summary = Signal::derive(move || {
        queue.with(|queue| {
            let all = queue.row.ready + queue.row.held;
            match queue.waiting.len() as u64 {
                0 => String::new(),
                shown => format!(
                    "{} to {} of {}",
                    exact(offset + 1),
                    exact(offset + shown),
                    exact(all.max(offset + shown))
                ),
            }
        })
    });
    let nothing = move || {
        match offset {
        0 => view! {
            <Empty title="Nothing waits here">
                <p>
                    "A queue exists while something waits in it or a worker takes from it. What a worker has in hand \
                    has left it already."
                </p>
            </Empty>
        }
        .into_any(),
        _ => view! { <Empty title="Nothing on this page any more" /> }.into_any(),
    }
    };
    view! {
        <Show when=move || !waiting.read().is_empty() fallback=nothing>
            <div class="list-box" tabindex="0" role="region" aria-label="Waiting messages">
                <table class="list list-cards waiting">
                    <thead>
                        <tr>
                            <th scope="col">"Task"</th>
                            <th scope="col" class="num">"Place"</th>
                            <th scope="col">"Id"</th>
                            <th scope="col">"Call"</th>
                            <th scope="col" class="num">"Priority"</th>
                            <th scope="col">"Sent"</th>
                            <th scope="col">"Held until"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For
                            each=move || waiting.get()
                            key=|task| (task.place, task.id.clone(), task.until)
                            children=row
                        />
                    </tbody>
                </table>
            </div>
        </Show>
        <Show when=move || { offset > 0 || !waiting.read().is_empty() }>
            <Pagination summary prev next />
        </Show>
    }
}

fn row(task: WaitingTask) -> impl IntoView {
    let time = |at: Option<i64>| match at {
        Some(at) => view! { <RelativeTime at=Signal::stored(at) /> }.into_any(),
        None => view! { <span class="muted">{UNKNOWN}</span> }.into_any(),
    };
    let href = format!("/tasks/{}", encode(&task.id));
    view! {
        <tr>
            <th scope="row">
                <a class="list-link" href=href title=task.name.clone()>{task.name.clone()}</a>
            </th>
            <td class="num cell-beside" data-label="Place">{exact(task.place + 1)}</td>
            <td class="mono" title=task.id.clone() data-label="Id">{short_id(&task.id)}</td>
            <td class="mono cell-wide" title=task.call.clone() data-label="Call">{task.call.clone()}</td>
            <td class="num" data-label="Priority">{task.priority}</td>
            <td data-label="Sent">{time(task.since)}</td>
            <td data-label="Held until">{time(task.until)}</td>
        </tr>
    }
}
