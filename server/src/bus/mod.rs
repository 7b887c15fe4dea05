//! What everybody who listens hears: events, and remote-control requests with their replies.

mod listeners;
pub mod local;
pub mod redis;
mod speaker;

pub use speaker::Speaker;

use crate::protocol::Event;
use crate::protocol::control::{Reply, Request};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Events arrive in batches: in those they were published in, or in larger ones when there are many.
pub type Events = mpsc::Receiver<Arc<[Event]>>;

/// Every present listener hears what is said, in the order it was said by one speaker.
///
/// Channels are bounded. Within one process a slow listener slows the speakers down rather than losing events. Over
/// Redis nobody can slow a foreign speaker down: what comes faster than it is heard waits here, within a large bound.
pub trait Bus: Send + Sync {
    fn publish(&self, batch: Vec<Event>) -> BoxFuture<'_, ()>;
    fn events(&self) -> Events;
    /// Events of workers about themselves: at least those. What a worker hears of its neighbours by, who has no use
    /// for the flood of task events.
    fn worker_events(&self) -> Events {
        self.events()
    }
    fn request(&self, request: Request) -> BoxFuture<'_, ()>;
    fn requests(&self) -> mpsc::Receiver<Arc<Request>>;
    /// Returns once events and requests really reach those who have asked for them.
    fn reaches_us(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
    /// Answers a request that wants an answer.
    fn reply(&self, to: Arc<Request>, reply: Reply) -> BoxFuture<'_, ()>;
    /// Replies to the request with this ticket; listen before asking.
    fn replies(&self, ticket: &str) -> mpsc::Receiver<Reply>;
}
