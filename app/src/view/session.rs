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

/// What every page says about the broker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BrokerStanding {
    /// Where messages live, without secrets: "embedded, ./umbel-data", "redis://localhost:6379/0".
    pub place: String,
    pub version: String,
    pub reach: Reach,
}

/// Whether the broker can be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    #[default]
    Reachable,
    Lost {
        since: Millis,
        /// What the last attempt ran into.
        reason: String,
    },
}
