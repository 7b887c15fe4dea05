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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{RunKind, RunMark, ScheduleOrigin, ScheduleStanding, TaskRow, TaskState};

    fn row(state: Option<TaskState>) -> ScheduleRow {
        let mark = RunMark {
            due: 0,
            kind: RunKind::OnTime,
            count: 1,
            id: Some("id-1".to_owned()),
            sent_at: Some(0),
            state,
            runtime: None,
        };
        ScheduleRow {
            name: "a".to_owned(),
            task: "demo.add".to_owned(),
            queue: None,
            words: String::new(),
            written: String::new(),
            zone: "UTC".to_owned(),
            origin: ScheduleOrigin::Stored,
            standing: ScheduleStanding::Active,
            warning: None,
            next: vec![5_000],
            marks: vec![mark],
            sent: 1,
            passed: 0,
        }
    }

    fn frame(id: &str) -> LiveFrame {
        let task = TaskRow {
            id: id.to_owned(),
            name: "demo.add".to_owned(),
            state: TaskState::Success,
            custom_state: None,
            queue: None,
            worker: None,
            call: String::new(),
            progress: None,
            created_at: 0,
            started_at: None,
            finished_at: None,
            eta: None,
            runtime: None,
            retries: 0,
            exception: None,
        };
        LiveFrame { tasks: vec![task], ..LiveFrame::default() }
    }

    #[test]
    fn only_what_is_unfinished_moves() {
        for unfinished in [None, Some(TaskState::Pending), Some(TaskState::Started)] {
            assert!(moves(&row(unfinished), &frame("id-1")));
            assert!(!moves(&row(unfinished), &frame("other")));
            let busy = LiveFrame { more_tasks: 1, ..frame("other") };
            assert!(moves(&row(unfinished), &busy), "it may be among those left out");
        }
        assert!(!moves(&row(Some(TaskState::Success)), &frame("id-1")));
    }

    #[test]
    fn an_entry_whose_time_has_come_is_overdue_a_moment_later() {
        assert!(!is_overdue(&row(None), 5_999));
        assert!(is_overdue(&row(None), 6_000));
        assert!(!is_overdue(&ScheduleRow { next: Vec::new(), ..row(None) }, 6_000));
    }
}
