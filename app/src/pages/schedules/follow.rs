//! Keeping what is shown of schedules true: asked for again when something moved, and not more often than it helps.

use crate::live::use_live;
use crate::view::{LiveFrame, Millis, ScheduleRow};
use leptos::prelude::*;

/// The shortest time between two questions, in milliseconds.
const PACE: Millis = 2_000;
/// How long after it was due an entry should have been heard of.
const GRACE: Millis = 1_000;

/// Runs `fetch` when the stream tells that the schedules changed, when a task of a shown mark moves on, and when an
/// entry's time has come. `any` tests the rows that are shown.
pub(super) fn follow(
    any: impl Fn(&dyn Fn(&ScheduleRow) -> bool) -> bool + Copy + 'static,
    fetch: impl Fn() + Copy + 'static,
) {
    let live = use_live();
    let (old, asked) = (StoredValue::new(false), StoredValue::new(0));
    let settle = move |now: Millis| {
        if old.get_value() && now - asked.get_value() >= PACE && !live.paused() {
            old.set_value(false);
            asked.set_value(now);
            fetch();
        }
    };
    Effect::watch(move || live.refetch.get(), move |_, _, _| fetch(), false);
    Effect::watch(
        move || live.frames.get(),
        move |frame, _, _| {
            if frame.schedules.is_some() || any(&|row| moves(row, frame)) {
                old.set_value(true);
                settle(live.now.get_untracked());
            }
        },
        false,
    );
    Effect::watch(
        move || live.now.get(),
        move |now, _, _| {
            if any(&|row| is_overdue(row, *now)) {
                old.set_value(true);
            }
            settle(*now);
        },
        false,
    );
}

/// Whether a frame tells of a task that a row shows as unfinished, or may have left it out.
fn moves(row: &ScheduleRow, frame: &LiveFrame) -> bool {
    let mut unfinished = row
        .marks
        .iter()
        .filter(|mark| mark.state.is_none_or(|state| !state.is_final()))
        .filter_map(|mark| mark.id.as_deref());
    unfinished.any(|id| frame.more_tasks > 0 || frame.tasks.iter().any(|task| task.id == id))
}

fn is_overdue(row: &ScheduleRow, now: Millis) -> bool {
    row.next.first().is_some_and(|next| *next + GRACE <= now)
}
