//! What is known of one task: the picture all its events together draw.

use super::{Phase, Word};
use crate::protocol::{State, TaskId};
use std::sync::Arc;

/// A moment by the teller's clock, with its logical clock to order what happened within the same microsecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Microseconds since the epoch.
    pub micros: i64,
    pub clock: u64,
}

impl Moment {
    pub fn millis(self) -> i64 {
        self.micros.div_euclid(1000)
    }
}

/// What ended an attempt without ending the task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closing {
    /// It will be tried again after a while.
    #[default]
    Retried,
    /// It went back to its queue.
    Requeued,
    /// It was refused.
    Rejected,
}

/// When each kind of thing last happened to a task. The state follows from these, see `monitor::fold`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    pub sent: Option<Moment>,
    pub received: Option<Moment>,
    pub started: Option<Moment>,
    /// A custom state was told.
    pub told: Option<Moment>,
    /// An attempt ended and the task did not.
    pub closed: Option<(Moment, Closing)>,
    pub succeeded: Option<Moment>,
    pub failed: Option<Moment>,
    pub revoked: Option<Moment>,
}

impl Marks {
    /// When a worker last told anything of the task.
    pub fn latest(&self) -> Option<Moment> {
        let closed = self.closed.map(|(moment, _)| moment);
        [self.received, self.started, self.told, closed, self.succeeded, self.failed, self.revoked]
            .into_iter()
            .max()
            .flatten()
    }
}

/// A task as lists show it. Texts are bounded; see [`super::text`].
#[derive(Clone, Debug, PartialEq)]
pub struct TaskRecord {
    /// Its place in the order of first sight; the key of its row.
    pub seq: u64,
    pub id: TaskId,
    pub state: State,
    pub name: Option<Word>,
    pub queue: Option<Word>,
    pub worker: Option<Word>,
    /// When it was sent, or else the earliest we heard of. Microseconds, as in [`Moment`].
    pub created: i64,
    pub marks: Marks,
    /// Seconds the last attempt ran.
    pub runtime: Option<f64>,
    /// How many times it has been retried.
    pub retries: u32,
    /// Positional and keyword arguments as Python shows them.
    pub args: Option<Arc<str>>,
    pub kwargs: Option<Arc<str>>,
    /// The return value as Python shows it.
    pub result: Option<Arc<str>>,
    /// The last error on one line.
    pub exception: Option<Arc<str>>,
    /// What the task last told of its progress, as JSON.
    pub meta: Option<Arc<str>>,
    /// When it becomes due, in milliseconds.
    pub eta: Option<i64>,
    pub expires: Option<i64>,
    pub priority: Option<u8>,
    pub parent_id: Option<TaskId>,
    pub root_id: Option<TaskId>,
    /// The task this one is a manual retry of.
    pub retry_of: Option<TaskId>,
    /// How large the whole message body is, where it is known.
    pub body_size: Option<u64>,
    /// How many entries its timeline has so far.
    pub events: u32,
    /// The word of the custom state it last told.
    pub(crate) told: Option<Arc<str>>,
    /// When the event that last told of its arguments and route was made.
    pub(crate) described: Moment,
}

impl TaskRecord {
    pub fn new(seq: u64, id: TaskId, created: i64) -> Self {
        Self {
            seq,
            id,
            state: State::Pending,
            name: None,
            queue: None,
            worker: None,
            created,
            marks: Marks::default(),
            runtime: None,
            retries: 0,
            args: None,
            kwargs: None,
            result: None,
            exception: None,
            meta: None,
            eta: None,
            expires: None,
            priority: None,
            parent_id: None,
            root_id: None,
            retry_of: None,
            body_size: None,
            events: 0,
            told: None,
            described: Moment::default(),
        }
    }

    /// Where it stands at this moment (milliseconds): what is sent with a future ETA is scheduled.
    pub fn phase(&self, now: i64) -> Phase {
        self.standing().at(self.eta, now)
    }

    /// Where it stands if waiting for a moment is not told apart.
    pub fn standing(&self) -> Phase {
        match self.state {
            State::Pending => Phase::Pending,
            State::Received => Phase::Received,
            State::Started => Phase::Started,
            State::Success => Phase::Success,
            State::Failure => Phase::Failure,
            State::Retry => Phase::Retry,
            State::Revoked => Phase::Revoked,
            State::Rejected => Phase::Rejected,
            State::Custom(_) => Phase::Progress,
        }
    }

    /// The word a task gave its own state, where it is not one of Celery's.
    pub fn custom_state(&self) -> Option<&str> {
        match &self.state {
            State::Custom(word) => Some(word),
            _ => None,
        }
    }

    /// Milliseconds since the epoch, as all the following.
    pub fn created_at(&self) -> i64 {
        self.created.div_euclid(1000)
    }

    pub fn received_at(&self) -> Option<i64> {
        self.marks.received.map(Moment::millis)
    }

    /// When the current or last attempt started. `None` between two attempts.
    pub fn started_at(&self) -> Option<i64> {
        let started = self.marks.started?;
        match self.marks.closed {
            Some((end, closing)) if started <= end && closing != Closing::Rejected => None,
            _ => Some(started.millis()),
        }
    }

    pub fn finished_at(&self) -> Option<i64> {
        self.finished().map(Moment::millis)
    }

    pub fn finished(&self) -> Option<Moment> {
        match self.state {
            State::Success => self.marks.succeeded,
            State::Failure => self.marks.failed,
            State::Revoked => self.marks.revoked,
            State::Rejected => self.marks.closed.map(|(moment, _)| moment),
            _ => None,
        }
    }

    /// Roughly how much memory the record takes.
    pub(crate) fn weight(&self) -> usize {
        let texts = [&self.args, &self.kwargs, &self.result, &self.exception, &self.meta];
        size_of::<Self>()
            + 64
            + texts.iter().map(|text| text.as_ref().map_or(0, |text| text.len())).sum::<usize>()
    }
}
