//! One schedule as a row: what it sends, when, what came of it last, and how it went before.

use super::acts::{Acts, run_now, switch};
use super::marks::{strip, way};
use crate::components::badge::StateBadge;
use crate::components::icon::{Icon, IconName};
use crate::components::relative_time::RelativeTime;
use crate::components::zone::TabZone;
use crate::format::{UNKNOWN, duration};
use crate::query::schedule_href;
use crate::view::{RunMark, ScheduleRow, ScheduleStanding};
use leptos::prelude::*;

pub(super) fn row(row: &ScheduleRow, zone: TabZone, acts: Acts) -> impl IntoView + use<> {
    let (name, task) = (row.name.clone(), row.task.clone());
    view! {
        <tr class="schedule" class:row-away=row.standing == ScheduleStanding::Paused data-row="">
            <th scope="row">
                <a class="list-link" href=schedule_href(&name) title=name.clone() data-row-link="">{name.clone()}</a>
                <span class="schedule-task mono" title=task>{task.clone()}</span>
            </th>
            <td class="schedule-when" data-label="When">
                <span title=format!("{}, {}", row.written, row.zone)>{row.words.clone()}</span>
                {trouble(row)}
            </td>
            <td class="cell-beside" data-label="Next run">{next(row)}</td>
            <td data-label="Last run">{last(row)}</td>
            <td class="cell-wide" data-label="History">{strip(&row.marks, zone)}</td>
            <td class="cell-wide">
                <span class="schedule-acts">{run_now(row, acts, "button button-small")} {switch(row, acts, false)}</span>
            </td>
        </tr>
    }
}

/// What is wrong with it, or should be known about it.
fn trouble(row: &ScheduleRow) -> Option<AnyView> {
    let (class, sentence) = match (&row.standing, &row.warning) {
        (ScheduleStanding::Broken { sentence }, _) => ("schedule-trouble state-failure", sentence),
        (_, Some(warning)) => ("schedule-trouble state-retry", warning),
        _ => return None,
    };
    let sentence = sentence.clone();
    Some(
        view! { <span class=class title=sentence><Icon name=IconName::Alert />{sentence.clone()}</span> }
            .into_any(),
    )
}

/// When it is due next, or why it is not.
pub(super) fn next(row: &ScheduleRow) -> AnyView {
    match (&row.standing, row.next.first()) {
        (ScheduleStanding::Active, Some(at)) => view! { <RelativeTime at=Signal::stored(*at) /> }.into_any(),
        (ScheduleStanding::Active, None) => UNKNOWN.into_any(),
        (ScheduleStanding::Paused, _) => view! { <span class="muted">"Paused"</span> }.into_any(),
        (ScheduleStanding::Done, _) => view! { <span class="muted">"Done"</span> }.into_any(),
        (ScheduleStanding::Broken { .. }, _) => {
            view! { <span class="state-failure">"Broken"</span> }.into_any()
        }
    }
}

/// The newest task it has sent: its state, how long it ran, and when that was.
fn last(row: &ScheduleRow) -> AnyView {
    let Some(mark) = row.marks.iter().rev().find(|mark| mark.id.is_some()) else {
        return view! { <span class="muted">"never"</span> }.into_any();
    };
    let runtime = mark.runtime.map(duration);
    let state = state(mark).unwrap_or_else(|| view! { <span class="muted">{way(mark)}</span> }.into_any());
    let at = mark.sent_at.unwrap_or(mark.due);
    view! {
        <span class="schedule-last">{state} {runtime}</span>
        <span class="schedule-ago muted"><RelativeTime at=Signal::stored(at) /></span>
    }
    .into_any()
}

/// The state of a mark's task, where history knows it.
pub(super) fn state(mark: &RunMark) -> Option<AnyView> {
    mark.state.map(|state| view! { <StateBadge state=Signal::stored(state) /> }.into_any())
}
