//! The headers of a task message, protocol 2. They are decoded before the body and without it.

use super::{TaskId, time};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The headers of a task message, in the order Python writes them. Only `task` and `id` are required.
///
/// Headers we do not know are kept in `extra` and forwarded with retries, as Celery does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Headers {
    #[serde(default = "lang")]
    pub lang: String,
    pub task: String,
    pub id: TaskId,
    #[serde(default)]
    pub shadow: Option<String>,
    #[serde(default, with = "time::option_iso")]
    pub eta: Option<DateTime<Utc>>,
    #[serde(default, with = "time::option_iso")]
    pub expires: Option<DateTime<Utc>>,
    #[serde(default)]
    pub group: Option<String>,
    #[serde(default)]
    pub group_index: Option<i64>,
    #[serde(default)]
    pub retries: u32,
    /// Hard limit first, then soft, in seconds.
    #[serde(default)]
    pub timelimit: (Option<f64>, Option<f64>),
    #[serde(default)]
    pub root_id: Option<TaskId>,
    #[serde(default)]
    pub parent_id: Option<TaskId>,
    #[serde(default)]
    pub argsrepr: String,
    #[serde(default)]
    pub kwargsrepr: String,
    #[serde(default)]
    pub origin: String,
    #[serde(default)]
    pub ignore_result: Option<bool>,
    #[serde(default)]
    pub replaced_task_nesting: u32,
    #[serde(default)]
    pub stamped_headers: Option<Vec<String>>,
    #[serde(default)]
    pub stamps: Map<String, Value>,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The header by which a manual retry names the task it repeats.
pub const RETRY_OF: &str = "umbel_retry_of";

fn lang() -> String {
    "py".to_owned()
}

impl Headers {
    /// Headers of a fresh task; everything else is at its default.
    pub fn new(id: TaskId, task: impl Into<String>) -> Self {
        Self {
            lang: lang(),
            task: task.into(),
            root_id: Some(id.clone()),
            id,
            shadow: None,
            eta: None,
            expires: None,
            group: None,
            group_index: None,
            retries: 0,
            timelimit: (None, None),
            parent_id: None,
            argsrepr: "()".to_owned(),
            kwargsrepr: "{}".to_owned(),
            origin: String::new(),
            ignore_result: None,
            replaced_task_nesting: 0,
            stamped_headers: None,
            stamps: Map::new(),
            extra: Map::new(),
        }
    }

    /// The task this one is a manual retry of.
    pub fn retry_of(&self) -> Option<&str> {
        self.extra.get(RETRY_OF).and_then(Value::as_str)
    }
}
