//! Who runs the schedules, and a warning where somebody else does it too.

use crate::components::icon::{Icon, IconName};
use crate::components::relative_time::RelativeTime;
use crate::view::{CeleryBeat, SchedulerStanding};
use leptos::prelude::*;

pub(super) fn scheduler(standing: &SchedulerStanding) -> impl IntoView + use<> {
    let who = match &standing.leader {
        Some(leader) => {
            let us = if standing.is_us { ", this process" } else { "" };
            view! { <span>"Scheduled by " <span class="mono">{leader.clone()}</span> {us}</span> }.into_any()
        }
        None => view! {
            <span class="mark state-failure">
                <Icon name=IconName::Alert />
                "Nobody schedules at the moment: nothing here is sent until a process does"
            </span>
        }
        .into_any(),
    };
    let zone = standing.zone.clone();
    view! {
        <p class="page-note scheduler">
            {who}
            <span>"Zone " {zone} " where a schedule names none"</span>
        </p>
        {standing.beats.iter().cloned().map(beat).collect_view()}
    }
}

fn beat(beat: CeleryBeat) -> impl IntoView {
    view! {
        <div class="scheduler-beside" role="note">
            <Icon name=IconName::Alert />
            <p>
                "A celery beat runs beside this: " <span class="mono">{beat.origin}</span> ", seen "
                <RelativeTime at=Signal::stored(beat.seen) /> " with " <span class="mono">{beat.task}</span>
                ". What both have in their schedules runs twice."
            </p>
        </div>
    }
}
