//! What is known about a task in single words: where, when, how often.

use crate::components::progress::Runtime;
use crate::components::relative_time::ExactAndRelative;
use crate::components::zone::ZoneSwitch;
use crate::format::{UNKNOWN, exact, short_id};
use crate::query::{encode, queue_href, worker_href};
use crate::view::{Millis, TaskDetail};
use leptos::prelude::*;

/// The list of facts beside the panels.
#[component]
pub(super) fn Facts(detail: RwSignal<TaskDetail>) -> impl IntoView {
    let row = Signal::derive(move || detail.read().row.clone());
    let queue = Memo::new(move |_| detail.read().row.queue.clone());
    let place = Memo::new(move |_| detail.read().place);
    let worker = Memo::new(move |_| detail.read().row.worker.clone());
    let retries = move || exact(u64::from(detail.read().row.retries));
    let priority = move || detail.read().priority.map_or(UNKNOWN.to_owned(), |priority| priority.to_string());
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>"Facts"</h2>
                <ZoneSwitch />
            </div>
            <dl class="task-facts">
                <dt>"Queue"</dt>
                <dd>{move || queue.get().map_or_else(unknown, |queue| link(queue_href(&queue), queue))}</dd>
                {move || place.get().map(|place| view! { <dt>"Place"</dt> <dd class="tabular">{in_line(place)}</dd> })}
                <dt>"Worker"</dt>
                <dd>{move || worker.get().map_or_else(unknown, |name| link(worker_href(&name), name))}</dd>
                <dt>"Runtime"</dt>
                <dd><Runtime row /></dd>
                <dt>"Retries"</dt>
                <dd class="tabular">{retries}</dd>
                <dt>"Priority"</dt>
                <dd class="tabular">{priority}</dd>
                <Moment word="Created" at=Signal::derive(move || Some(detail.read().row.created_at)) />
                <Moment word="Due" at=Signal::derive(move || detail.read().row.eta) />
                <Moment word="Received" at=Signal::derive(move || detail.read().received_at) />
                <Moment word="Started" at=Signal::derive(move || detail.read().row.started_at) />
                <Moment word="Finished" at=Signal::derive(move || detail.read().row.finished_at) />
                <Moment word="Expires" at=Signal::derive(move || detail.read().expires) />
                <Relatives detail />
            </dl>
        </section>
    }
}

/// A moment of the task's life, left out where there is none.
#[component]
fn Moment(word: &'static str, at: Signal<Option<Millis>>) -> impl IntoView {
    let at = Memo::new(move |_| at.get());
    move || {
        at.get().map(|at| {
            view! {
                <dt>{word}</dt>
                <dd>
                    <ExactAndRelative at=Signal::stored(at) />
                </dd>
            }
        })
    }
}

/// Links to the tasks this one came from, and to those that came from it.
#[component]
fn Relatives(detail: RwSignal<TaskDetail>) -> impl IntoView {
    let relatives = Memo::new(move |_| {
        detail.with(|detail| {
            let other = |id: &Option<String>| id.clone().filter(|id| *id != detail.row.id);
            let single = [
                ("Parent", other(&detail.parent_id)),
                ("Root", other(&detail.root_id)),
                ("Retry of", other(&detail.retry_of)),
            ];
            let retries = detail.retried_as.iter().map(|id| ("Retried as", id.clone()));
            single.into_iter().filter_map(|(word, id)| Some((word, id?))).chain(retries).collect::<Vec<_>>()
        })
    });
    let relative = |(word, id): (&'static str, String)| {
        view! {
            <dt>{word}</dt>
            <dd class="mono">{link(format!("/tasks/{}", encode(&id)), short_id(&id))}</dd>
        }
    };
    move || relatives.get().into_iter().map(relative).collect_view()
}

fn link(href: String, text: String) -> AnyView {
    view! { <a href=href>{text}</a> }.into_any()
}

fn unknown() -> AnyView {
    view! { <span class="muted">{UNKNOWN}</span> }.into_any()
}

/// "12th in line", counted from one.
fn in_line(before: u64) -> String {
    let place = before + 1;
    let ending = match (place % 10, place % 100) {
        (1, last) if last != 11 => "st",
        (2, last) if last != 12 => "nd",
        (3, last) if last != 13 => "rd",
        _ => "th",
    };
    format!("{}{ending} in line", exact(place))
}

#[cfg(test)]
mod tests {
    use super::in_line;

    #[test]
    fn places_are_counted_as_people_do() {
        let said = [0, 1, 2, 3, 10, 11, 12, 20, 1_110].map(in_line);
        let expected = ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "1,111th"];
        assert_eq!(said, expected.map(|place| format!("{place} in line")));
    }
}
