//! A task, whole and as a row of a list.

use super::moment;
use app::view::{Attempt, Page, TaskDetail, TaskRow, TaskState, TimelineEntry};
use serde::Serialize;
use serde_json::Value;

/// What is told of a task everywhere.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    id: String,
    name: String,
    state: TaskState,
    /// The word a task gave its own state.
    custom_state: Option<String>,
    queue: Option<String>,
    worker: Option<String>,
    /// Arguments on one line, shortened.
    call: String,
    /// Share done, 0 to 1.
    progress: Option<f64>,
    created_at: Option<String>,
    started_at: Option<String>,
    finished_at: Option<String>,
    eta: Option<String>,
    /// Seconds.
    runtime: Option<f64>,
    retries: u32,
    exception: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Task {
    #[serde(flatten)]
    summary: Summary,
    args: Option<Value>,
    kwargs: Option<Value>,
    args_note: Option<String>,
    result: Option<Value>,
    result_note: Option<String>,
    traceback: Option<String>,
    /// What a running task told of itself.
    meta: Option<Value>,
    received_at: Option<String>,
    expires: Option<String>,
    priority: Option<u8>,
    /// How many messages of its queue come before it, while it waits there.
    place: Option<u64>,
    parent_id: Option<String>,
    root_id: Option<String>,
    retry_of: Option<String>,
    retried_as: Vec<String>,
    attempts: Vec<Run>,
    timeline: Vec<Step>,
}

#[derive(Debug, Serialize)]
struct Run {
    number: u32,
    state: TaskState,
    worker: Option<String>,
    started_at: Option<String>,
    finished_at: Option<String>,
    runtime: Option<f64>,
    exception: Option<String>,
    traceback: Option<String>,
}

#[derive(Debug, Serialize)]
struct Step {
    at: Option<String>,
    state: TaskState,
    event: String,
    worker: Option<String>,
    detail: Option<String>,
}

/// A page of the list. `next` and `prev` go into the parameters `after` and `before`.
#[derive(Debug, Serialize)]
pub(crate) struct TaskList {
    tasks: Vec<Summary>,
    total: u64,
    next: Option<String>,
    prev: Option<String>,
}

impl From<TaskRow> for Summary {
    fn from(row: TaskRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            state: row.state,
            custom_state: row.custom_state,
            queue: row.queue,
            worker: row.worker,
            call: row.call,
            progress: row.progress,
            created_at: moment(Some(row.created_at)),
            started_at: moment(row.started_at),
            finished_at: moment(row.finished_at),
            eta: moment(row.eta),
            runtime: row.runtime,
            retries: row.retries,
            exception: row.exception,
        }
    }
}

impl From<TaskDetail> for Task {
    fn from(task: TaskDetail) -> Self {
        Self {
            summary: task.row.into(),
            args: task.args,
            kwargs: task.kwargs,
            args_note: task.args_note,
            result: task.result,
            result_note: task.result_note,
            traceback: task.traceback,
            meta: task.progress.map(|progress| progress.meta),
            received_at: moment(task.received_at),
            expires: moment(task.expires),
            priority: task.priority,
            place: task.place,
            parent_id: task.parent_id,
            root_id: task.root_id,
            retry_of: task.retry_of,
            retried_as: task.retried_as,
            attempts: task.attempts.into_iter().map(Run::from).collect(),
            timeline: task.timeline.into_iter().map(Step::from).collect(),
        }
    }
}

impl From<Attempt> for Run {
    fn from(attempt: Attempt) -> Self {
        Self {
            number: attempt.number,
            state: attempt.state,
            worker: attempt.worker,
            started_at: moment(attempt.started_at),
            finished_at: moment(attempt.finished_at),
            runtime: attempt.runtime,
            exception: attempt.exception,
            traceback: attempt.traceback,
        }
    }
}

impl From<TimelineEntry> for Step {
    fn from(entry: TimelineEntry) -> Self {
        Self {
            at: moment(Some(entry.at)),
            state: entry.state,
            event: entry.kind,
            worker: entry.worker,
            detail: entry.detail,
        }
    }
}

impl From<Page<TaskRow>> for TaskList {
    fn from(page: Page<TaskRow>) -> Self {
        Self {
            tasks: page.rows.into_iter().map(Summary::from).collect(),
            total: page.total,
            next: page.next.map(|cursor| cursor.0),
            prev: page.prev.map(|cursor| cursor.0),
        }
    }
}
