//! The headers of a task message, protocol 2. They are decoded before the body and without it.

mod read;

use super::{TaskId, time};
use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The headers of a task message, in the order Python writes them. Only `task` and `id` are required.
///
/// Headers we do not know are kept in `extra` and forwarded with retries, as Celery does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Headers {
    pub lang: String,
    pub task: String,
    pub id: TaskId,
    pub shadow: Option<String>,
    #[serde(serialize_with = "time::serialize")]
    pub eta: Option<DateTime<Utc>>,
    #[serde(serialize_with = "time::serialize")]
    pub expires: Option<DateTime<Utc>>,
    pub group: Option<String>,
    pub group_index: Option<i64>,
    pub retries: u32,
    /// Hard limit first, then soft, in seconds.
    #[serde(serialize_with = "seconds")]
    pub timelimit: (Option<f64>, Option<f64>),
    pub root_id: Option<TaskId>,
    pub parent_id: Option<TaskId>,
    pub argsrepr: String,
    pub kwargsrepr: String,
    pub origin: String,
    pub ignore_result: Option<bool>,
    pub replaced_task_nesting: u32,
    pub stamped_headers: Option<Vec<String>>,
    pub stamps: Map<String, Value>,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Whole seconds are written as such, as most senders gave them.
fn seconds<S: Serializer>(limits: &(Option<f64>, Option<f64>), serializer: S) -> Result<S::Ok, S::Error> {
    let number = |limit: Option<f64>| match limit {
        Some(limit) if limit.fract() == 0.0 && limit.abs() < 1e15 => Value::from(limit as i64),
        Some(limit) => Value::from(limit),
        None => Value::Null,
    };
    (number(limits.0), number(limits.1)).serialize(serializer)
}

/// The headers with a meaning, in the order above. Whatever has another name is the sender's own.
pub const NAMES: [&str; 19] = [
    "lang",
    "task",
    "id",
    "shadow",
    "eta",
    "expires",
    "group",
    "group_index",
    "retries",
    "timelimit",
    "root_id",
    "parent_id",
    "argsrepr",
    "kwargsrepr",
    "origin",
    "ignore_result",
    "replaced_task_nesting",
    "stamped_headers",
    "stamps",
];

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_that_are_written() {
        let written = serde_json::to_value(Headers::new(TaskId::from("1"), "t")).expect("headers are JSON");
        let names: std::collections::BTreeSet<&str> =
            written.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(names, NAMES.into_iter().collect());
    }
}
