//! Looking for single tasks among those that wait, and taking them out.

use super::Inner;
use super::admin::STEP;
use crate::broker::{BrokerError, Waiting};
use crate::protocol::time::from_epoch;
use crate::protocol::{Message, TaskId, envelope};
use bytes::Bytes;
use std::collections::HashSet;

/// Items of one list that are looked through for a task, from the one that runs next on.
const FAR: usize = 20_000;

/// What was found while looking through the queues.
pub(super) struct Found {
    queue: String,
    item: Bytes,
    pub(super) message: Message,
    pub(super) place: u64,
    pub(super) at: Place,
}

pub(super) enum Place {
    List(String),
    /// Held under this key until the moment.
    Held(String, f64),
}

impl Inner {
    pub(super) fn waiting(&self, message: Message, place: u64, due: Option<f64>) -> Waiting {
        let until = due.and_then(from_epoch).map(|due| due - self.link.skew());
        Waiting { since: message.headers.id.born(), until, place, message }
    }

    /// Looks for tasks where they wait. Long queues are looked through as far as it makes sense.
    pub(super) async fn look_for(&self, ids: &HashSet<&str>) -> Result<Vec<Found>, BrokerError> {
        let mut found = Vec::new();
        for queue in self.queue_names().await? {
            let mut place = 0;
            for list in self.names.keys.lists(&queue) {
                for offset in (0..FAR).step_by(STEP) {
                    let items = self.slice(&list, offset, STEP).await?;
                    let last = items.len() < STEP;
                    for item in items {
                        if let Some(message) = self.message_of(&queue, &item, ids) {
                            let at = Place::List(list.clone());
                            found.push(Found { queue: queue.clone(), item, message, place, at });
                        }
                        place += 1;
                    }
                    if last || found.len() >= ids.len() {
                        break;
                    }
                }
            }
            let held = self.held_of(&queue).await?;
            for step in held.chunks(STEP) {
                let keys: Vec<&str> = step.iter().map(|(key, _)| key.as_str()).collect();
                for (item, (key, due)) in self.envelopes_of(&keys).await?.into_iter().zip(step) {
                    let Some(item) = item else { continue };
                    if let Some(message) = self.message_of(&queue, &item, ids) {
                        let at = Place::Held(key.clone(), *due);
                        found.push(Found { queue: queue.clone(), item, message, place, at });
                    }
                    place += 1;
                }
            }
            if found.len() >= ids.len() {
                break;
            }
        }
        Ok(found)
    }

    /// The message, if it is one of these tasks. Most items are not, and are not decoded to find that out.
    fn message_of(&self, queue: &str, item: &[u8], ids: &HashSet<&str>) -> Option<Message> {
        let text = std::str::from_utf8(item).ok()?;
        if !ids.iter().any(|id| text.contains(id)) {
            return None;
        }
        let message = envelope::decode(item, queue, &self.settings.accept).ok()?.message;
        ids.contains(message.headers.id.as_str()).then_some(message)
    }

    pub(super) async fn withdraw(&self, ids: Vec<TaskId>) -> Result<Vec<Message>, BrokerError> {
        let wanted: HashSet<&str> = ids.iter().map(TaskId::as_str).collect();
        let mut withdrawn = Vec::new();
        for found in self.look_for(&wanted).await? {
            let gone: Result<u64, BrokerError> = match &found.at {
                Place::List(list) => {
                    let mut remove = redis::cmd("LREM");
                    remove.arg(list).arg(-1).arg(&found.item[..]);
                    self.link.command(&remove).await.map_err(BrokerError::from)
                }
                Place::Held(key, _) => self.drop_held(&[key.as_str()]).await,
            };
            let gone = match gone {
                // What is gone already must be told of, or nobody records its end.
                Err(error) if !withdrawn.is_empty() => {
                    tracing::warn!(%error, "could not withdraw all tasks");
                    break;
                }
                gone => gone?,
            };
            // Somebody may have taken it between looking and removing.
            if gone > 0 {
                tracing::debug!(queue = found.queue, task.id = %found.message.headers.id, "task withdrawn");
                withdrawn.push(found.message);
            }
        }
        Ok(withdrawn)
    }
}
