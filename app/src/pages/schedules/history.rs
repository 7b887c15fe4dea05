//! An entry's moments: the next ten, and what became of the newest of those before.

use super::marks::way;
use super::row::state;
use crate::components::relative_time::{ExactTime, RelativeTime};
use crate::components::zone::ZoneSwitch;
use crate::format::{UNKNOWN, duration, short_id};
use crate::query::encode;
use crate::view::{RunMark, ScheduleDetail, Upcoming};
use leptos::prelude::*;

/// The next moments, by the wall clock of the entry's own zone.
pub(super) fn upcoming(detail: &ScheduleDetail) -> impl IntoView + use<> {
    let row = |moment: &Upcoming| {
        let note =
            moment.note.clone().map(|note| view! { <span class="upcoming-note state-retry">{note}</span> });
        view! {
            <li>
                <span class="tabular">{moment.local.clone()}</span>
                <span class="muted"><RelativeTime at=Signal::stored(moment.at) /></span>
                {note}
            </li>
        }
    };
    let nothing = detail.upcoming.is_empty().then(|| view! { <p class="muted">"Nothing is planned."</p> });
    view! {
        <section class="section" aria-labelledby="upcoming">
            <div class="section-head">
                <h2 id="upcoming">"Next runs"</h2>
                <span class="muted">{detail.row.zone.clone()}</span>
            </div>
            {nothing}
            <ol class="upcoming">{detail.upcoming.iter().map(row).collect_view()}</ol>
        </section>
    }
}

/// What became of the newest occurrences, newest first.
pub(super) fn history(marks: &[RunMark]) -> impl IntoView + use<> {
    let row = |mark: &RunMark| {
        let task = mark.id.as_ref().map(|id| {
            view! { <a class="mono" href=format!("/tasks/{}", encode(id)) title=id.clone()>{short_id(id)}</a> }
        });
        let state = state(mark).unwrap_or_else(|| view! { <span class="muted">{UNKNOWN}</span> }.into_any());
        let sent = mark.sent_at.map(|at| view! { <ExactTime at=Signal::stored(at) /> });
        view! {
            <tr>
                <th scope="row"><ExactTime at=Signal::stored(mark.due) /></th>
                <td class="cell-beside" data-label="State">{state}</td>
                <td class="cell-hidden" data-label="Sent">{sent}</td>
                <td data-label="How">{way(mark)}</td>
                <td class="num" data-label="Duration">{mark.runtime.map_or_else(|| UNKNOWN.to_owned(), duration)}</td>
                <td data-label="Task">{task}</td>
            </tr>
        }
    };
    let rows = marks.iter().rev().map(row).collect_view();
    let table = view! {
        <div class="list-box" tabindex="0" role="region" aria-label="Past runs">
            <table class="list list-cards past">
                <thead>
                    <tr>
                        <th scope="col">"Due"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Sent"</th>
                        <th scope="col">"How"</th>
                        <th scope="col" class="num">"Duration"</th>
                        <th scope="col">"Task"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    };
    let nothing = || view! { <p class="muted">"It has not run yet."</p> };
    view! {
        <section class="section" aria-labelledby="history">
            <div class="section-head">
                <h2 id="history">"History"</h2>
                <ZoneSwitch />
            </div>
            {if marks.is_empty() { nothing().into_any() } else { table.into_any() }}
        </section>
    }
}
