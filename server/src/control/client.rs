//! Asks workers to do something, and withdraws what still waits.

mod wishes;

use crate::broker::{BrokerError, QueueAdmin};
use crate::bus::{Bus, Speaker};
use crate::clock::SharedClock;
use crate::protocol::control::{Reply, Request};
use crate::protocol::{Embed, EventKind, Exception, Message, ResultMeta, State, TaskId, result, time};
use crate::results::{ResultError, ResultStore};
use chrono::DateTime;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// Cheap to clone.
#[derive(Clone)]
pub struct ControlClient {
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) admin: Arc<dyn QueueAdmin>,
    pub(crate) results: Arc<dyn ResultStore>,
    pub(crate) clock: SharedClock,
    pub(crate) speaker: Speaker,
}

/// Why a wish could not be passed on.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    #[error(transparent)]
    Broker(#[from] BrokerError),
    #[error(transparent)]
    Results(#[from] ResultError),
    /// The worker's own words.
    #[error("the worker refused: {0}")]
    Refused(String),
    #[error("no worker answered; see whether it is running and its name is right")]
    NoAnswer,
}

impl ControlClient {
    pub fn new(
        bus: Arc<dyn Bus>,
        admin: Arc<dyn QueueAdmin>,
        results: Arc<dyn ResultStore>,
        clock: SharedClock,
        speaker: Speaker,
    ) -> Self {
        Self { bus, admin, results, clock, speaker }
    }

    /// Revokes tasks. What waits is taken out of its queue at once; what a worker has in hand is dropped by that
    /// worker before it starts or, with `terminate`, stopped where it runs.
    ///
    /// A task of a chord's header stays in its queue: the end of it has to be counted by a worker, or the chord would
    /// never be complete. It is marked as expired there, so that no worker runs it.
    ///
    /// Returns the ids that were still waiting. For the others the truth arrives as an event.
    pub async fn revoke(&self, ids: &[TaskId], terminate: bool) -> Result<Vec<TaskId>, ControlError> {
        let withdrawn = self.admin.withdraw(ids.to_vec()).await?;
        let (counted, withdrawn): (Vec<_>, Vec<_>) = withdrawn.into_iter().partition(is_part_of_chord);
        if !counted.is_empty() {
            self.admin.publish(counted.into_iter().map(expired).collect()).await?;
        }
        if !withdrawn.is_empty() {
            self.record_revoked(&withdrawn).await?;
        }
        let withdrawn: Vec<TaskId> = withdrawn.into_iter().map(|message| message.headers.id).collect();
        let gone: HashSet<&TaskId> = withdrawn.iter().collect();
        let others: Vec<TaskId> = ids.iter().filter(|id| !gone.contains(id)).cloned().collect();
        if !others.is_empty() {
            self.bus.request(Request::revoke(&others, terminate)).await;
        }
        Ok(withdrawn)
    }

    async fn record_revoked(&self, messages: &[Message]) -> Result<(), ControlError> {
        let reason = result::raw(&Exception::revoked("revoked")).expect("exceptions always serialise");
        let done = time::format(self.clock.now());
        let metas = messages.iter().map(|message| {
            let mut meta = ResultMeta::new(message.headers.id.clone(), State::Revoked, reason.clone());
            meta.date_done = Some(done.clone());
            meta.name = Some(message.headers.task.clone());
            meta.queue = Some(message.queue.clone());
            meta
        });
        self.results.put(metas.collect()).await?;
        let events = messages.iter().map(|message| {
            let uuid = message.headers.id.clone();
            self.speaker.event(EventKind::TaskRevoked {
                uuid,
                terminated: false,
                signum: None,
                expired: false,
            })
        });
        self.bus.publish(events.collect()).await;
        Ok(())
    }

    /// Asks and gathers the answers that arrive in time, at most `limit` of them.
    pub async fn ask(&self, mut request: Request, limit: usize, timeout: Duration) -> Vec<Reply> {
        let ticket = TaskId::generate().to_string();
        let mut answers = self.bus.replies(&ticket);
        request.ticket = Some(ticket);
        self.bus.request(request).await;
        let mut replies = Vec::new();
        let deadline = self.clock.sleep(timeout);
        tokio::pin!(deadline);
        while replies.len() < limit {
            tokio::select! {
                answer = answers.recv() => match answer {
                    Some(reply) => replies.push(reply),
                    None => break,
                },
                () = &mut deadline => break,
            }
        }
        replies
    }
}

fn is_part_of_chord(message: &Message) -> bool {
    message.headers.group.is_some() && Embed::of(&message.body).is_some_and(|embed| embed.chord.is_some())
}

/// The message, so that whoever takes it drops it at once.
fn expired(mut message: Message) -> Message {
    message.headers.eta = None;
    message.headers.expires = Some(DateTime::UNIX_EPOCH);
    message
}
