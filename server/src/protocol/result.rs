//! What is stored under a task's id: its state and what came of it.

use super::{Exception, State, TaskId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A stored result, in Celery's order of fields. `result` stays raw JSON: few readers ever need it parsed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResultMeta {
    pub status: State,
    /// The return value, the exception, or the meta of a custom state.
    pub result: Box<RawValue>,
    pub traceback: Option<String>,
    /// Result tuples of the tasks it sent; `None` where it never ran.
    pub children: Option<Box<RawValue>>,
    /// ISO 8601, once the state is ready.
    pub date_done: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<TaskId>,
    /// Celery's `result_extended`, without the arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    pub task_id: TaskId,
}

impl ResultMeta {
    pub fn new(task_id: TaskId, status: State, result: Box<RawValue>) -> Self {
        Self {
            status,
            result,
            traceback: None,
            children: None,
            date_done: None,
            group_id: None,
            parent_id: None,
            name: None,
            worker: None,
            retries: None,
            queue: None,
            task_id,
        }
    }

    /// The stored exception of a FAILURE, RETRY or REVOKED.
    pub fn exception(&self) -> Option<Exception> {
        serde_json::from_str(self.result.get()).ok()
    }
}

/// JSON text of any serialisable value, ready to be a result.
pub fn raw<T: Serialize + ?Sized>(value: &T) -> Result<Box<RawValue>, serde_json::Error> {
    serde_json::value::to_raw_value(value)
}

/// The result of a task that returned nothing.
pub fn null() -> Box<RawValue> {
    RawValue::NULL.to_owned()
}
