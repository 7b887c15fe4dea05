use serde::{Deserialize, Serialize};

/// Where a task stands. The words are Celery's, so that they mean here what they mean in its documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TaskState {
    /// Sent, waiting in a queue.
    Pending,
    /// Waiting for a moment: an ETA, a countdown or a retry delay.
    Scheduled,
    /// A worker has it in hand.
    Received,
    Started,
    /// Running and telling how far it is (any custom state).
    Progress,
    Success,
    Failure,
    /// An attempt failed; another one is scheduled.
    Retry,
    Revoked,
    Rejected,
}

impl TaskState {
    pub const ALL: [Self; 10] = [
        Self::Pending,
        Self::Scheduled,
        Self::Received,
        Self::Started,
        Self::Progress,
        Self::Success,
        Self::Failure,
        Self::Retry,
        Self::Revoked,
        Self::Rejected,
    ];

    /// Celery's spelling, as it stands in URLs, in the API and on badges.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Scheduled => "SCHEDULED",
            Self::Received => "RECEIVED",
            Self::Started => "STARTED",
            Self::Progress => "PROGRESS",
            Self::Success => "SUCCESS",
            Self::Failure => "FAILURE",
            Self::Retry => "RETRY",
            Self::Revoked => "REVOKED",
            Self::Rejected => "REJECTED",
        }
    }

    /// Reads Celery's spelling, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str().eq_ignore_ascii_case(text))
    }

    /// Whether nothing more will happen to the task by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Failure | Self::Revoked | Self::Rejected)
    }

    /// Whether a worker is executing the task right now.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Started | Self::Progress)
    }
}
