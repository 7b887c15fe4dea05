//! What waits in a queue, in the order in which it will be taken.

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
    let prev = StoredValue::new((offset > 0).then(|| href(&name, offset.saturating_sub(ROWS))));
    let next = StoredValue::new(href(&name, offset + ROWS));
    let prev = Signal::derive(move || prev.get_value());
    let next = Signal::derive(move || queue.with(|queue| queue.more).then(|| next.get_value()));
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
        let words = match offset {
            0 => {
                "Nothing waits here. A queue exists while something waits in it or a worker takes from it; what a \
                 worker has in hand has left it already."
            }
            _ => "Nothing waits on this page any more.",
        };
        view! { <p class="muted waiting-none">{words}</p> }
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

/// The page of the list that begins after so many.
fn href(name: &str, offset: u64) -> String {
    match offset {
        0 => queue_href(name),
        offset => format!("{}?offset={offset}", queue_href(name)),
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
            <td class="num cell-beside">{exact(task.place + 1)}</td>
            <td class="mono cell-hidden" title=task.id.clone()>{short_id(&task.id)}</td>
            <td class="mono cell-wide" title=task.call.clone()>{task.call.clone()}</td>
            <td class="num" data-label="Priority">{task.priority}</td>
            <td data-label="Sent">{time(task.since)}</td>
            <td data-label="Held until">{time(task.until)}</td>
        </tr>
    }
}
