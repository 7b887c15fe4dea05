//! A task with everything that happened to it, as its own page shows it.

use super::{Phase, TaskRecord, Word};
use bytes::Bytes;
use std::sync::Arc;

/// A task, its attempts, its timeline and its relations.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskStory {
    pub record: Arc<TaskRecord>,
    /// The whole body `[args, kwargs, embed]` where it was told and not too large to keep.
    pub body: Option<Bytes>,
    /// Oldest first. The last one may still be running.
    pub attempts: Vec<Attempt>,
    /// Oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Ids of the manual retries of this task, oldest first.
    pub retried_as: Vec<String>,
}

impl TaskStory {
    /// The traceback of the last attempt that has one.
    pub fn traceback(&self) -> Option<&str> {
        self.attempts.iter().rev().find_map(|attempt| attempt.traceback.as_deref())
    }
}

/// One run of a task; the first is number 0. Times are milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    pub number: u32,
    pub phase: Phase,
    pub worker: Option<Word>,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    /// Seconds.
    pub runtime: Option<f64>,
    pub exception: Option<Arc<str>>,
    pub traceback: Option<Arc<str>>,
}

/// One thing that happened to a task.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineEntry {
    /// Milliseconds.
    pub at: i64,
    pub kind: TimelineKind,
    pub worker: Option<Word>,
    /// A short remark: the error, the progress, "terminated"; for a custom event the word of its state.
    pub remark: Option<Arc<str>>,
}

/// The kinds of task events. The numbers are what the database keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TimelineKind {
    Sent = 0,
    Received = 1,
    Started = 2,
    Succeeded = 3,
    Failed = 4,
    Retried = 5,
    Rejected = 6,
    Revoked = 7,
    Cancelled = 8,
    Custom = 9,
}

impl TimelineKind {
    const ALL: [Self; 10] = [
        Self::Sent,
        Self::Received,
        Self::Started,
        Self::Succeeded,
        Self::Failed,
        Self::Retried,
        Self::Rejected,
        Self::Revoked,
        Self::Cancelled,
        Self::Custom,
    ];

    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The event in Celery's words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "task-sent",
            Self::Received => "task-received",
            Self::Started => "task-started",
            Self::Succeeded => "task-succeeded",
            Self::Failed => "task-failed",
            Self::Retried => "task-retried",
            Self::Rejected => "task-rejected",
            Self::Revoked => "task-revoked",
            Self::Cancelled => "task-cancelled",
            Self::Custom => "task-progress",
        }
    }

    /// The state it leads to, all else being equal.
    pub fn phase(self) -> Phase {
        match self {
            Self::Sent | Self::Cancelled => Phase::Pending,
            Self::Received => Phase::Received,
            Self::Started => Phase::Started,
            Self::Succeeded => Phase::Success,
            Self::Failed => Phase::Failure,
            Self::Retried => Phase::Retry,
            Self::Rejected => Phase::Rejected,
            Self::Revoked => Phase::Revoked,
            Self::Custom => Phase::Progress,
        }
    }
}
