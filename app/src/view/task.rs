use super::{Cursor, Millis, TaskState};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A task as a row of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskRow {
    pub id: String,
    pub name: String,
    pub state: TaskState,
    /// The word a task gave its own state, where it is not one of Celery's ("UPLOADING").
    pub custom_state: Option<String>,
    pub queue: Option<String>,
    pub worker: Option<String>,
    /// Arguments on one line, Python style, cut at about 100 characters: `(1, 2, key='x')`.
    pub call: String,
    /// Share done between 0 and 1, where the task tells.
    pub progress: Option<f64>,
    /// When we first heard of it: the moment it was sent, or else received.
    pub created_at: Millis,
    pub started_at: Option<Millis>,
    pub finished_at: Option<Millis>,
    /// When a held task becomes due.
    pub eta: Option<Millis>,
    /// Seconds the last attempt ran.
    pub runtime: Option<f64>,
    /// How many times it has been retried.
    pub retries: u32,
    /// The last error on one line: `ValueError('boom')`.
    pub exception: Option<String>,
}

/// A task with all that is known about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskDetail {
    pub row: TaskRow,
    /// Positional arguments in full, as a JSON array. `None` where only their text is known.
    pub args: Option<Value>,
    /// Keyword arguments in full, as a JSON object. `None` where only their text is known.
    pub kwargs: Option<Value>,
    /// Why the arguments are not shown in full, in one sentence.
    pub args_note: Option<String>,
    /// The return value. JSON, or text where only its text is known.
    pub result: Option<Value>,
    /// Why the result is not shown in full, in one sentence.
    pub result_note: Option<String>,
    pub traceback: Option<String>,
    pub progress: Option<Progress>,
    pub attempts: Vec<Attempt>,
    pub timeline: Vec<TimelineEntry>,
    pub received_at: Option<Millis>,
    pub expires: Option<Millis>,
    pub priority: Option<u8>,
    /// How many messages of its queue come before it, while it waits there.
    pub place: Option<u64>,
    pub parent_id: Option<String>,
    pub root_id: Option<String>,
    /// The task this one is a manual retry of.
    pub retry_of: Option<String>,
    /// Manual retries of this one, oldest first.
    pub retried_as: Vec<String>,
    pub can_cancel: bool,
    /// `None` when it can be retried; otherwise the reason it can not.
    pub retry_refusal: Option<String>,
    pub seq: u64,
    pub now: Millis,
}

/// What a running task told of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Share done between 0 and 1, when the meta has numbers to compute it from.
    pub share: Option<f64>,
    /// A sentence out of the meta (`message`, `status`, `step` …), when there is one.
    pub message: Option<String>,
    /// The whole meta as sent.
    pub meta: Value,
}

/// One run of a task; the first is number 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub number: u32,
    pub state: TaskState,
    pub worker: Option<String>,
    pub started_at: Option<Millis>,
    pub finished_at: Option<Millis>,
    pub runtime: Option<f64>,
    pub exception: Option<String>,
    pub traceback: Option<String>,
}

/// One thing that happened to a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    pub at: Millis,
    pub state: TaskState,
    /// The event in Celery's words: `task-received`.
    pub kind: String,
    pub worker: Option<String>,
    /// A short remark: the error, the progress message, "terminated".
    pub detail: Option<String>,
}

/// A task that workers have registered, with what a form needs to send it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegisteredTask {
    pub name: String,
    /// The queue it goes to when the sender names none.
    pub queue: String,
    /// Names of its parameters in order, where known.
    pub parameters: Vec<String>,
    /// An example of arguments, as a JSON object of keywords; empty object where unknown.
    pub example: Value,
    /// One line on what it does, where its author wrote one.
    pub summary: Option<String>,
}

/// A task to send. Only `name` is required.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    pub name: String,
    #[serde(default)]
    pub args: Vec<Value>,
    #[serde(default)]
    pub kwargs: serde_json::Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Seconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub countdown: Option<f64>,
    /// ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta: Option<String>,
    /// ISO 8601, or seconds from now as a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Value>,
    /// 0 is the most urgent, 9 the least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
}

/// What became of one task of a selection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acted {
    pub id: String,
    /// The new task's id, for a retry.
    pub new_id: Option<String>,
    /// Why nothing was done, in one sentence. `None` means it was done.
    pub refusal: Option<String>,
}

/// Which tasks, in which order, and which page of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskFilter {
    /// Empty means any.
    pub states: Vec<TaskState>,
    pub name: Option<String>,
    pub queue: Option<String>,
    pub worker: Option<String>,
    /// Created at or after.
    pub since: Option<Millis>,
    /// Created before.
    pub until: Option<Millis>,
    pub sort: TaskSort,
    /// Rows after this place. At most one of `after` and `before` is set.
    pub after: Option<Cursor>,
    pub before: Option<Cursor>,
    /// Rows a page; 0 means the default of 50.
    pub limit: u32,
}

/// The orders a list of tasks can be had in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskSort {
    #[default]
    Newest,
    Oldest,
    /// Longest runtime first; tasks that never ran are left out.
    Slowest,
    /// Shortest runtime first; tasks that never ran are left out.
    Fastest,
}
