//! Where messages wait: each has one owner until it is settled.
//!
//! Waiting is stored, not remembered: an ETA, a countdown or a retry delay is a *hold* inside the broker, so it
//! survives a crash, can be listed and withdrawn, and never fills a worker's memory.

mod notebook;
pub mod redis;
pub mod sqlite;

pub use crate::redis_link::Reach;
pub use notebook::{Change, Held, Note, Notebook};

use crate::protocol::keys::Binding;
use crate::protocol::{Message, TaskId};
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::time::Duration;

/// The broker's own name for one delivery of a message; only good for settling and extending it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(pub i64);

/// A message in the hand of whoever reserved it.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub tag: Tag,
    pub message: Message,
    /// Somebody had it in hand before and did not settle it.
    pub redelivered: bool,
}

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Done: the message is gone.
    Ack,
    /// Back to the end of its queue, ready at once.
    Requeue,
    /// Back to the front of its queue, as if it had never been taken (what a stopping worker gives back).
    Release,
    /// Waits until the moment, then is ready again. The new message replaces the old one when given: a retry.
    Hold { until: DateTime<Utc>, replace: Option<Box<Message>> },
}

/// A queue in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueStatus {
    pub name: String,
    pub ready: u64,
    pub held: u64,
    pub in_hand: u64,
    /// When the oldest ready message was published.
    pub oldest: Option<DateTime<Utc>>,
}

/// A message that waits, as an onlooker sees it.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub message: Message,
    /// How many messages of its queue come before it.
    pub place: u64,
    /// When it was published, where the broker knows.
    pub since: Option<DateTime<Utc>>,
    /// It is held until then; `None` when it may run at once.
    pub until: Option<DateTime<Utc>>,
}

/// Why a broker could not do its duty.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BrokerError {
    /// Nothing can be done until its store is back; the text names the cause.
    #[error("reach the broker: {0}")]
    Unavailable(String),
}

/// Takes messages in, hands each to one owner, and keeps it until that owner settles it.
pub trait Broker: Send + Sync {
    /// Stores the messages; when it returns, none of them can be lost. A message with an ETA is held until then,
    /// by the broker itself or by the first worker that gets it.
    fn publish(&self, batch: Vec<Message>) -> BoxFuture<'_, Result<(), BrokerError>>;

    /// Takes up to `max` ready messages, the most urgent first, oldest first among equals. Never waits.
    fn reserve<'a>(
        &'a self,
        queues: &'a [String],
        max: usize,
    ) -> BoxFuture<'a, Result<Vec<Delivery>, BrokerError>>;

    /// Returns when there *may* be something ready in one of the queues, or after the timeout. A hint that may lie.
    fn ready<'a>(&'a self, queues: &'a [String], timeout: Duration) -> BoxFuture<'a, ()>;

    /// Settles deliveries, all in one step. Tags that are no longer ours are passed over.
    fn settle(&self, batch: Vec<(Tag, Verdict)>) -> BoxFuture<'_, Result<(), BrokerError>>;

    /// Makes known by which exchange and routing key a queue is reached, where there are exchanges. A queue is reached
    /// by its own name without this.
    fn bind(&self, _exchange: String, _binding: Binding) -> BoxFuture<'_, Result<(), BrokerError>> {
        std::future::ready(Ok(())).boxed()
    }

    /// Renews the lease of what is still in hand.
    fn extend(&self, tags: Vec<Tag>) -> BoxFuture<'_, Result<(), BrokerError>>;

    /// Gives back what was held by owners whose lease has ended. Returns how many messages that were.
    fn recover(&self) -> BoxFuture<'_, Result<u64, BrokerError>>;
}

/// Looks into the queues from outside: for the dashboard and for cancelling what waits.
pub trait QueueAdmin: Broker {
    fn queues(&self) -> BoxFuture<'_, Result<Vec<QueueStatus>, BrokerError>>;

    /// Takes waiting messages (ready or held) out for good and returns them; those in hand are not touched.
    fn withdraw(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Result<Vec<Message>, BrokerError>>;

    /// The messages that wait in a queue, the next to run first, those held last by their moments.
    fn peek(
        &self,
        queue: String,
        offset: usize,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Waiting>, BrokerError>>;

    /// Where a task waits; `None` when it does not, or not within what can be looked through.
    fn find(&self, id: TaskId) -> BoxFuture<'_, Result<Option<Waiting>, BrokerError>>;

    /// Counts these queues too from now on: somebody serves them. A broker that knows its queues by itself does not
    /// need to be told.
    fn note_queues(&self, queues: Vec<String>) -> BoxFuture<'_, Result<(), BrokerError>> {
        drop(queues);
        Box::pin(std::future::ready(Ok(())))
    }

    /// Drops everything that waits in a queue and says how many messages that were.
    fn purge(&self, queue: String) -> BoxFuture<'_, Result<u64, BrokerError>>;
}
