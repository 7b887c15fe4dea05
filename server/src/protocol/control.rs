//! Remote control: requests to all or some workers, and their replies.

use super::TaskId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A remote-control request, in Celery's shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub method: String,
    #[serde(default)]
    pub arguments: Value,
    /// Node names; `None` asks everybody.
    #[serde(default)]
    pub destination: Option<Vec<String>>,
    /// Present when an answer is wanted; answers carry it back.
    #[serde(default)]
    pub ticket: Option<String>,
}

/// One worker's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub ticket: String,
    /// Who answers.
    pub node: String,
    pub value: Value,
}

impl Request {
    pub fn new(method: &str, arguments: Value) -> Self {
        Self { method: method.to_owned(), arguments, destination: None, ticket: None }
    }

    /// Revokes waiting tasks; with `terminate` also stops them where they run.
    pub fn revoke(ids: &[TaskId], terminate: bool) -> Self {
        Self::new("revoke", serde_json::json!({"task_id": ids, "terminate": terminate, "signal": "SIGTERM"}))
    }

    /// Whether this request is meant for the named node.
    pub fn is_for(&self, node: &str) -> bool {
        match self.destination.as_deref() {
            None | Some([]) => true,
            Some(names) => names.iter().any(|name| name == node),
        }
    }
}
