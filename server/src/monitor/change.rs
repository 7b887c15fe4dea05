//! What one event changed.

use crate::store::history::{Attempt, Phase, TimelineKind};
use bytes::Bytes;
use std::sync::Arc;

/// What one event changed, for those who keep books on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// The task whose picture may look different now.
    pub task: Option<u64>,
    /// The worker whose picture may look different now.
    pub worker: Option<Arc<str>>,
}

/// What an event changed about a task beyond the picture itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TaskChange {
    /// It came to its end just now.
    pub(crate) finished: Option<Finish>,
    /// An attempt ended and another one will follow.
    pub(crate) retried: bool,
    /// An attempt ended in a way worth a row of its own.
    pub(crate) attempt: Option<Attempt>,
    /// The whole body, where the event carried it.
    pub(crate) body: Option<Bytes>,
    /// What to write into the timeline. `None` for an event heard before.
    pub(crate) entry: Option<(TimelineKind, String)>,
}

/// The ways a task ends, as they are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    Succeeded,
    Failed,
    Revoked,
}

impl Finish {
    pub(crate) fn of(phase: Phase) -> Option<Self> {
        match phase {
            Phase::Success => Some(Self::Succeeded),
            Phase::Failure | Phase::Rejected => Some(Self::Failed),
            Phase::Revoked => Some(Self::Revoked),
            _ => None,
        }
    }
}
