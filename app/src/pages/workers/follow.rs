//! Keeps the page of a worker true while it is looked at.

use crate::api::get_worker;
use crate::live::{Live, wall_clock};
use crate::view::{LiveFrame, Millis, RunningTask, TaskRow, WorkerDetail};
use leptos::prelude::*;

/// The least time between two questions for what the stream left out, in milliseconds.
const PATIENCE: Millis = 2_000;

/// Folds the stream into the worker. Where a busy stream left tasks out, the slots and their count disagree, and the
/// worker is asked for as a whole.
pub fn follow(live: Live, worker: RwSignal<WorkerDetail>) {
    let asked = StoredValue::new(0);
    let seq = worker.with_untracked(|worker| worker.seq);
    Effect::new(move |first: Option<()>| {
        if first.is_none() {
            live.picture(seq).iter().for_each(|frame| take(worker, frame));
        }
        live.frames.with(|frame| take(worker, frame));
        let (name, astray) = worker.with_untracked(|worker| {
            (worker.row.name.clone(), worker.row.active as usize != worker.running.len())
        });
        let now = wall_clock();
        if astray && !live.paused() && now - asked.get_value() > PATIENCE {
            asked.set_value(now);
            leptos::task::spawn_local(async move {
                // A failure leaves what is known; the reader may also have left the page meanwhile.
                if let Ok(newest) = get_worker(name).await {
                    let _ = worker.try_set(newest);
                }
            });
        }
    });
}

fn take(worker: RwSignal<WorkerDetail>, frame: &LiveFrame) {
    let concerns = worker.with_untracked(|worker| {
        let ours = |task: &&TaskRow| {
            task.worker.as_ref() == Some(&worker.row.name)
                || worker.running.iter().any(|run| run.id == task.id)
        };
        frame.seq > worker.seq
            && (frame.workers.iter().any(|row| row.name == worker.row.name)
                || frame.tasks.iter().any(|task| ours(&task)))
    });
    if concerns {
        worker.update(|worker| fold(worker, frame));
    }
}

/// Takes in one frame: the newest row, tasks that began here, tasks that ended or moved elsewhere.
fn fold(worker: &mut WorkerDetail, frame: &LiveFrame) {
    if let Some(row) = frame.workers.iter().find(|row| row.name == worker.row.name) {
        worker.row = row.clone();
    }
    for task in &frame.tasks {
        let here = task.state.is_running() && task.worker.as_ref() == Some(&worker.row.name);
        let place = worker.running.iter().position(|run| run.id == task.id);
        let run = || RunningTask {
            id: task.id.clone(),
            name: task.name.clone(),
            started_at: task.started_at,
            progress: task.progress,
        };
        match (place, here) {
            (Some(place), true) => worker.running[place] = run(),
            (Some(place), false) => drop(worker.running.remove(place)),
            (None, true) => worker.running.push(run()),
            (None, false) => {}
        }
    }
    worker.seq = frame.seq;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{TaskState, WorkerRow};

    fn worker() -> WorkerDetail {
        let row = WorkerRow {
            name: "a@host".to_owned(),
            online: true,
            active: 0,
            slots: Some(2),
            processed: 0,
            succeeded: 0,
            failed: 0,
            loadavg: None,
            queues: Vec::new(),
            last_heartbeat: None,
            started_at: None,
            software: None,
            pid: None,
            clock_skew: None,
        };
        WorkerDetail { row, pool: None, running: Vec::new(), registered: Vec::new(), seq: 0, now: 0 }
    }

    fn task(id: &str, worker: &str, state: TaskState) -> TaskRow {
        TaskRow {
            id: id.to_owned(),
            name: "demo.add".to_owned(),
            state,
            custom_state: None,
            queue: None,
            worker: Some(worker.to_owned()),
            call: String::new(),
            progress: None,
            created_at: 0,
            started_at: Some(1),
            finished_at: None,
            eta: None,
            runtime: None,
            retries: 0,
            exception: None,
        }
    }

    #[test]
    fn slots_fill_and_empty_with_the_tasks_of_this_worker() {
        let mut worker = worker();
        let began = vec![task("1", "a@host", TaskState::Started), task("2", "b@host", TaskState::Started)];
        fold(&mut worker, &LiveFrame { seq: 1, tasks: began, ..LiveFrame::default() });
        assert_eq!(worker.running.iter().map(|run| run.id.as_str()).collect::<Vec<_>>(), ["1"]);

        let moved = vec![TaskRow { progress: Some(0.5), ..task("1", "a@host", TaskState::Progress) }];
        fold(&mut worker, &LiveFrame { seq: 2, tasks: moved, ..LiveFrame::default() });
        assert_eq!(worker.running[0].progress, Some(0.5));

        let ended = vec![task("1", "a@host", TaskState::Success)];
        fold(&mut worker, &LiveFrame { seq: 3, tasks: ended, ..LiveFrame::default() });
        assert!(worker.running.is_empty());
        assert_eq!(worker.seq, 3);
    }
}
