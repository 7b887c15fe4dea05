//! Settling: acknowledging, giving back, holding.

use super::hand::InHand;
use super::names::Names;
use super::{Inner, scripts};
use crate::broker::{BrokerError, Tag, Verdict};
use crate::protocol::{Message, envelope};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// A held message looks lost to Python's workers only this long after it is due: we come first.
const AFTER_US: Duration = Duration::from_secs(10);

/// One message on its way from a hand to somewhere else.
pub(super) struct Move {
    pub key: String,
    pub to: To,
}

pub(super) enum To {
    /// The end of a list: others come first.
    Back {
        list: String,
        envelope: Vec<u8>,
    },
    /// The front of a list: it is next.
    Front {
        list: String,
        envelope: Vec<u8>,
    },
    Hold {
        list: String,
        queue: String,
        envelope: Vec<u8>,
        until: DateTime<Utc>,
    },
}

impl Inner {
    pub(super) async fn settle(&self, batch: Vec<(Tag, Verdict)>) -> Result<(), BrokerError> {
        let mut done: Vec<String> = Vec::with_capacity(batch.len());
        let mut moves = Vec::new();
        let tags: Vec<Tag> = batch.iter().map(|(tag, _)| *tag).collect();
        for (tag, verdict) in batch {
            let Some(delivery) = self.hand.get(tag) else { continue };
            match verdict {
                Verdict::Ack => done.push(delivery.key),
                other => moves.push(self.road(delivery, other)),
            }
        }
        let mut rings = false;
        if !moves.is_empty() {
            self.declare_new(&moves).await?;
            rings = moves.iter().any(|step| matches!(step.to, To::Hold { .. }));
            self.move_all(moves).await?;
        }
        if !done.is_empty() {
            let mut pipeline = redis::pipe();
            pipeline.atomic();
            pipeline.cmd("ZREM").arg(&self.names.unacked_index).arg(&done).ignore();
            pipeline.cmd("HDEL").arg(&self.names.unacked).arg(&done).ignore();
            self.link.query::<()>(&pipeline).await?;
        }
        self.hand.remove(tags);
        if rings {
            self.held.notify_one();
        }
        Ok(())
    }

    fn road(&self, delivery: InHand, verdict: Verdict) -> Move {
        let InHand { key, list, envelope } = delivery;
        let to = match verdict {
            Verdict::Requeue => To::Back { list, envelope: envelope::as_redelivered(&envelope) },
            Verdict::Hold { until, replace } => {
                let (queue, list, envelope) = match replace {
                    Some(message) => self.anew(*message),
                    None => (self.names.keys.queue_of(&list).to_owned(), list, envelope.to_vec()),
                };
                To::Hold { list, queue, envelope, until }
            }
            // An acknowledgement does not come here; were it to, the message would rather run twice than be lost.
            Verdict::Release | Verdict::Ack => To::Front { list, envelope: envelope.to_vec() },
        };
        Move { key, to }
    }

    fn anew(&self, message: Message) -> (String, String, Vec<u8>) {
        let tag = uuid::Uuid::new_v4().hyphenated().to_string();
        let list = self.names.list(&message.queue, message.priority);
        let envelope = envelope::encode(&message, &tag);
        (message.queue, list, envelope)
    }

    /// A retry may go to a queue that nobody has used yet.
    async fn declare_new(&self, moves: &[Move]) -> Result<(), BrokerError> {
        let queues = moves.iter().filter_map(|step| match &step.to {
            To::Hold { queue, .. } => Some(queue.as_str()),
            To::Back { .. } | To::Front { .. } => None,
        });
        Ok(self.make_known(queues).await?)
    }

    /// Moves what is still in the hand it is said to be in; returns how many that were.
    pub(super) async fn move_all(&self, moves: Vec<Move>) -> Result<u64, BrokerError> {
        let mut script = scripts::MOVE.prepare_invoke();
        script.key(&self.names.unacked).key(&self.names.unacked_index).key(&self.names.held);
        for step in moves {
            script.arg(step.key);
            match step.to {
                To::Back { list, envelope } => script.arg("back").arg(list).arg(envelope).arg("").arg(""),
                To::Front { list, envelope } => script.arg("front").arg(list).arg(envelope).arg("").arg(""),
                To::Hold { list, queue, envelope, until } => {
                    let due = until + self.link.skew();
                    let seems_lost = due - seconds(self.settings.visibility_timeout) + seconds(AFTER_US);
                    script
                        .arg("hold")
                        .arg(Names::held_key(&list))
                        .arg(Names::booking(&envelope, &queue))
                        .arg(Self::score(due))
                        .arg(Self::score(seems_lost))
                }
            };
        }
        Ok(self.link.script(&script).await?)
    }
}

pub(super) fn seconds(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
