//! Where a task stands, as one byte: what lists are filtered by.

/// A task's state with two additions that people look for: waiting for a moment, and any custom state as progress.
///
/// The numbers are what the database keeps; they never change their meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Phase {
    /// Sent, waiting in a queue.
    #[default]
    Pending = 0,
    /// Waiting for its ETA. Never stored: it follows from the ETA and the time it is.
    Scheduled = 1,
    /// A worker has it in hand.
    Received = 2,
    Started = 3,
    /// Running and telling how far it is: any custom state.
    Progress = 4,
    Success = 5,
    Failure = 6,
    /// An attempt failed; another one is scheduled.
    Retry = 7,
    Revoked = 8,
    Rejected = 9,
}

impl Phase {
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

    /// Celery's spelling.
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

    pub fn from_number(number: i64) -> Option<Self> {
        usize::try_from(number).ok().and_then(|place| Self::ALL.get(place).copied())
    }

    /// The same at this moment (milliseconds), of a task that may have to wait for another one.
    pub(super) fn at(self, eta: Option<i64>, now: i64) -> Self {
        match self {
            Self::Pending | Self::Received if eta.is_some_and(|eta| eta > now) => Self::Scheduled,
            standing => standing,
        }
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
