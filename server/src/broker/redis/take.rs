//! Taking messages.

use super::hand::InHand;
use super::names::Names;
use super::{Inner, scripts};
use crate::broker::{BrokerError, Delivery, Tag};
use crate::protocol::envelope::{self, Refusal};
use crate::redis_link::LinkError;
use bytes::Bytes;
use std::sync::atomic::Ordering;

/// Messages taken in one step at most: a script can handle only so many values at a time.
const MOST: usize = 1000;
/// Refused envelopes that are kept for a person to look at.
const KEEP_REFUSED: isize = 1000;

/// What the script took from one list.
type Taken = (usize, Vec<Bytes>);

impl Inner {
    pub(super) async fn take(&self, queues: &[String], max: usize) -> Result<Vec<Delivery>, BrokerError> {
        if max == 0 || queues.is_empty() {
            return Ok(Vec::new());
        }
        self.make_known(queues.iter().map(String::as_str)).await?;
        let max = max.min(MOST);
        let first = self.hand.numbers(max);
        let lists = self.lists(queues);
        let mut script = scripts::TAKE.prepare_invoke();
        script.key(&self.names.unacked).key(&self.names.unacked_index).key(&self.names.owners);
        script.arg(max).arg(&self.names.owner).arg(first).arg(Self::score(self.now()));
        for (queue, list) in &lists {
            script.key(list).arg(Names::booking_end(queue));
        }
        let taken: Vec<redis::Value> = match self.link.script(&script).await {
            Ok(taken) => taken,
            Err(error) => {
                if let LinkError::Down(_) = error {
                    self.doubt.add(first..first + index(max), self.clock.elapsed());
                }
                return Err(error.into());
            }
        };
        let is_new = |value: &redis::Value| match value {
            redis::Value::Array(parts) => parts.first() == Some(&redis::Value::Int(scripts::NEW_HERE)),
            _ => false,
        };
        if taken.iter().any(is_new) && self.signed.swap(true, Ordering::Relaxed) {
            self.names.forget_declarations();
        }
        Ok(self.receive(first, &lists, taken.into_iter().filter_map(parts)).await)
    }

    async fn receive(
        &self,
        first: i64,
        lists: &[(&str, String)],
        taken: impl Iterator<Item = Taken>,
    ) -> Vec<Delivery> {
        let mut number = first;
        let mut deliveries = Vec::new();
        let mut booked = Vec::new();
        let mut refused = Vec::new();
        for (place, envelopes) in taken {
            let Some((queue, list)) = lists.get(place) else { continue };
            for envelope in envelopes {
                let tag = Tag(number);
                let key = format!("{}{number}:{list}", Names::prefix_of(&self.names.owner));
                number += 1;
                match envelope::decode(&envelope, queue, &self.settings.accept) {
                    Ok(arrived) => {
                        let (message, redelivered) = (arrived.message, arrived.redelivered);
                        deliveries.push(Delivery { tag, message, redelivered });
                        booked.push((tag, InHand { key, list: list.clone(), envelope }));
                    }
                    Err(refusal) => {
                        self.say(queue, &refusal);
                        refused.push((tag, key, envelope));
                    }
                }
            }
        }
        self.hand.add(booked);
        if !refused.is_empty() {
            self.refuse(refused).await;
        }
        deliveries
    }

    /// What cannot be set aside now is in doubt: it goes back to its list, and is refused again.
    async fn refuse(&self, refused: Vec<(Tag, String, Bytes)>) {
        let (tags, items): (Vec<Tag>, Vec<(String, Bytes)>) =
            refused.into_iter().map(|(tag, key, envelope)| (tag, (key, envelope))).unzip();
        if let Err(error) = self.set_aside(&items).await {
            tracing::warn!(%error, "failed to set refused messages aside; trying again");
            for Tag(number) in tags {
                self.doubt.add(number..number + 1, self.clock.elapsed());
            }
        }
    }

    /// Takes bookings that are of no use out of the way, and keeps something of the newest for a person to look at.
    pub(super) async fn set_aside(&self, items: &[(String, Bytes)]) -> Result<(), BrokerError> {
        let mut script = scripts::REFUSE.prepare_invoke();
        script.key(&self.names.unacked).key(&self.names.unacked_index).key(&self.names.refused);
        script.arg(KEEP_REFUSED);
        for (key, item) in items {
            script.arg(key).arg(&item[..]);
        }
        Ok(self.link.script(&script).await?)
    }

    fn say(&self, queue: &str, refusal: &Refusal) {
        let count = self.refused.fetch_add(1, Ordering::Relaxed) + 1;
        let id = refusal.id.as_ref().map(tracing::field::display);
        tracing::error!(
            queue,
            task.name = refusal.task.as_deref(),
            task.id = id,
            refused = count,
            "message refused and set aside: {}",
            refusal.reason
        );
    }

    /// The lists of all queues: of every queue the most urgent one, then of every queue the next.
    pub(super) fn lists<'a>(&self, queues: &'a [String]) -> Vec<(&'a str, String)> {
        let by_queue: Vec<(&str, Vec<String>)> =
            queues.iter().map(|queue| (queue.as_str(), self.names.keys.lists(queue))).collect();
        let steps = by_queue.iter().map(|(_, lists)| lists.len()).max().unwrap_or_default();
        let of_step = |step: usize| {
            by_queue.iter().filter_map(move |(queue, lists)| Some((*queue, lists.get(step)?.clone())))
        };
        (0..steps).flat_map(of_step).collect()
    }
}

fn parts(value: redis::Value) -> Option<Taken> {
    let redis::Value::Array(values) = value else { return None };
    let mut values = values.into_iter();
    let Some(redis::Value::Int(place)) = values.next() else { return None };
    let envelopes = values.filter_map(|value| match value {
        redis::Value::BulkString(bytes) => Some(Bytes::from(bytes)),
        _ => None,
    });
    Some((usize::try_from(place).ok()?, envelopes.collect()))
}

fn index(count: usize) -> i64 {
    i64::try_from(count).expect("a batch is small")
}
