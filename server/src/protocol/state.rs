//! The states a task goes through, in Celery's spelling.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// Where a task stands. Everything that is not one of Celery's own words is a custom state, PROGRESS among them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Pending,
    Received,
    Started,
    Success,
    Failure,
    Retry,
    Revoked,
    Rejected,
    Custom(Arc<str>),
}

impl State {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "PENDING",
            Self::Received => "RECEIVED",
            Self::Started => "STARTED",
            Self::Success => "SUCCESS",
            Self::Failure => "FAILURE",
            Self::Retry => "RETRY",
            Self::Revoked => "REVOKED",
            Self::Rejected => "REJECTED",
            Self::Custom(word) => word,
        }
    }

    pub fn parse(word: &str) -> Self {
        match word {
            "PENDING" => Self::Pending,
            "RECEIVED" => Self::Received,
            "STARTED" => Self::Started,
            "SUCCESS" => Self::Success,
            "FAILURE" => Self::Failure,
            "RETRY" => Self::Retry,
            "REVOKED" => Self::Revoked,
            "REJECTED" => Self::Rejected,
            other => Self::Custom(Arc::from(other)),
        }
    }

    /// The custom state tasks report their progress in.
    pub fn progress() -> Self {
        Self::Custom(Arc::from("PROGRESS"))
    }

    /// Whether a result in this state is the task's last word (Celery's `READY_STATES`).
    pub fn is_ready(&self) -> bool {
        matches!(self, Self::Success | Self::Failure | Self::Revoked | Self::Rejected)
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Ok(Self::parse(&word))
    }
}
