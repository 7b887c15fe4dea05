//! Remote control: requests to all or some workers, and their replies.

mod matcher;
mod wire;

pub use wire::{Heard, decode_reply, decode_request, encode_reply, encode_request};

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
    /// Asks the nodes whose names match, where there is no destination.
    #[serde(default)]
    pub pattern: Option<String>,
    /// How to match: `glob` or `pcre`.
    #[serde(default)]
    pub matcher: Option<String>,
    /// Present when an answer is wanted; answers carry it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Where answers go. A bus that needs to be told fills it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<ReplyTo>,
}

/// The address of whoever asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplyTo {
    pub exchange: String,
    pub routing_key: String,
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
        Self {
            method: method.to_owned(),
            arguments,
            destination: None,
            pattern: None,
            matcher: None,
            ticket: None,
            reply_to: None,
        }
    }

    /// Revokes waiting tasks; with `terminate` also stops them where they run.
    pub fn revoke(ids: &[TaskId], terminate: bool) -> Self {
        Self::new("revoke", serde_json::json!({"task_id": ids, "terminate": terminate, "signal": "SIGTERM"}))
    }

    /// Whether this request is meant for the named node: by its name or, without any names, by the pattern.
    pub fn is_for(&self, node: &str) -> bool {
        match (self.destination.as_deref(), self.pattern.as_deref(), self.matcher.as_deref()) {
            (Some(names), ..) if !names.is_empty() => names.iter().any(|name| name == node),
            (_, Some(pattern), Some(matcher)) if !pattern.is_empty() && !matcher.is_empty() => {
                matcher::matches(node, pattern, matcher)
            }
            _ => true,
        }
    }
}
