use super::Millis;
use serde::{Deserialize, Serialize};

/// What every page knows about where it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub app: String,
    pub version: String,
    /// Where messages live, without secrets: "embedded, ./umbel-data".
    pub broker: String,
    /// Whether the demo traffic runs.
    pub demo: bool,
    /// Names known by now, for the filters' suggestions.
    pub task_names: Vec<String>,
    pub queues: Vec<String>,
    pub workers: Vec<String>,
    pub now: Millis,
}
