//! Signs of life, and giving back what the dead had in hand.
//!
//! Each process of ours books its deliveries under its own name and renews one sign of life. When that is older than
//! the lease, whoever notices first gives all its messages back. A Python worker gives no such sign; what it had in
//! hand is given back after the visibility timeout, as its own kind would do.

use super::Inner;
use super::names::Names;
use super::settle::{Move, To, seconds};
use crate::broker::{BrokerError, Tag};
use crate::protocol::envelope::as_redelivered;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::atomic::Ordering;

/// Messages given back in one step.
const STEP: usize = 200;

impl Inner {
    pub(super) async fn extend(&self, tags: Vec<Tag>) -> Result<(), BrokerError> {
        let now = Self::score(self.now());
        let keys = self.hand.keys(&tags);
        let mut pipeline = redis::pipe();
        pipeline.cmd("ZADD").arg(&self.names.owners).arg(now).arg(&self.names.owner).ignore();
        if !keys.is_empty() {
            // Only what is still there: nobody's lost lease comes back by this.
            let renew = pipeline.cmd("ZADD").arg(&self.names.unacked_index).arg("XX");
            for key in &keys {
                renew.arg(now).arg(key);
            }
            renew.ignore();
        }
        Ok(self.link.query::<()>(&pipeline).await?)
    }

    pub(super) async fn recover(&self) -> Result<u64, BrokerError> {
        // After an outage everybody's signs are old, and everybody needs a moment to give new ones.
        if self.link.up_for().is_none_or(|up| up < self.settings.lease) {
            self.names.forget_declarations();
            return Ok(0);
        }
        let mut count = 0;
        if self.in_doubt.swap(false, Ordering::Relaxed) {
            let own = |key: &str| Names::number_in(key).is_some_and(|number| !self.hand.has(number));
            count += self.give_back_of(&self.names.owner, own).await?;
        }
        let now = self.now();
        let dead = Self::score(now - seconds(self.settings.lease));
        let lost = Self::score(now - seconds(self.settings.visibility_timeout));
        let mut pipeline = redis::pipe();
        pipeline.cmd("ZRANGEBYSCORE").arg(&self.names.owners).arg("-inf").arg(dead);
        let index = pipeline.cmd("ZRANGEBYSCORE").arg(&self.names.unacked_index).arg("-inf").arg(lost);
        index.arg("LIMIT").arg(0).arg(STEP);
        let (owners, foreign): (Vec<String>, Vec<String>) = self.link.query(&pipeline).await?;
        for owner in owners.iter().filter(|owner| **owner != self.names.owner) {
            count += self.give_back_of(owner, |_| true).await?;
            let mut forget = redis::pipe();
            forget.cmd("ZREM").arg(&self.names.owners).arg(owner).ignore();
            self.link.query::<()>(&forget).await?;
        }
        let foreign: Vec<String> = foreign.into_iter().filter(|key| !Names::is_held(key)).collect();
        count += self.give_back(foreign).await?;
        Ok(count)
    }

    /// Gives back the deliveries of one owner.
    async fn give_back_of(&self, owner: &str, which: impl Fn(&str) -> bool) -> Result<u64, BrokerError> {
        let mut place = 0_u64;
        let mut keys = Vec::new();
        loop {
            let mut scan = redis::cmd("HSCAN");
            scan.arg(&self.names.unacked)
                .arg(place)
                .arg("MATCH")
                .arg(format!("{}*", Names::prefix_of(owner)));
            scan.arg("COUNT").arg(1000);
            let (next, pairs): (u64, Vec<Vec<u8>>) = self.link.command(&scan).await?;
            let found =
                pairs.as_chunks::<2>().0.iter().filter_map(|pair| String::from_utf8(pair[0].clone()).ok());
            keys.extend(found.filter(|key| which(key)));
            place = next;
            if place == 0 {
                break;
            }
        }
        // The newest first, so that the oldest ends up in front.
        keys.sort_unstable_by_key(|key| std::cmp::Reverse(Names::number_in(key)));
        keys.dedup();
        let mut count = 0;
        for step in keys.chunks(STEP) {
            count += self.give_back(step.to_vec()).await?;
        }
        Ok(count)
    }

    /// Puts what is booked under these keys in front of the lists it belongs to.
    async fn give_back(&self, keys: Vec<String>) -> Result<u64, BrokerError> {
        if keys.is_empty() {
            return Ok(0);
        }
        let mut get = redis::cmd("HMGET");
        get.arg(&self.names.unacked).arg(&keys);
        let bookings: Vec<Option<Vec<u8>>> = self.link.command(&get).await?;
        let mut moves = Vec::new();
        let mut dangling = Vec::new();
        for (key, booking) in keys.into_iter().zip(bookings) {
            let Some(booking) = booking else {
                dangling.push(key);
                continue;
            };
            moves.extend(self.way_back(key, &booking).await?);
        }
        if !dangling.is_empty() {
            let mut drop = redis::cmd("ZREM");
            drop.arg(&self.names.unacked_index).arg(&dangling);
            self.link.command::<()>(&drop).await?;
        }
        if moves.is_empty() { Ok(0) } else { self.move_all(moves).await }
    }

    async fn way_back(&self, key: String, booking: &[u8]) -> Result<Option<Move>, BrokerError> {
        let Ok((envelope, exchange, routing_key)) =
            serde_json::from_slice::<(Box<RawValue>, Option<String>, Option<String>)>(booking)
        else {
            tracing::error!(key, "a booking in `unacked` cannot be read; it stays where it is");
            return Ok(None);
        };
        let list = match Names::list_in(&key) {
            Some(list) => list.to_owned(),
            None => {
                let (exchange, routing_key) = (exchange.unwrap_or_default(), routing_key.unwrap_or_default());
                let Some(queue) = self.queue_of(&exchange, routing_key).await? else {
                    tracing::error!(
                        key,
                        exchange,
                        "a lost message has no queue to go back to; it stays in `unacked`"
                    );
                    return Ok(None);
                };
                let priority = serde_json::from_str::<Prioritised>(envelope.get());
                self.names.list(&queue, priority.unwrap_or_default().properties.priority.unwrap_or_default())
            }
        };
        let envelope = as_redelivered(envelope.get().as_bytes());
        Ok(Some(Move { key, to: To::Front { list, envelope } }))
    }

    /// The queue a message went to: by its name, or by the exchange's bindings.
    async fn queue_of(&self, exchange: &str, routing_key: String) -> Result<Option<String>, BrokerError> {
        if exchange.is_empty() {
            return Ok(Some(routing_key));
        }
        let mut members = redis::cmd("SMEMBERS");
        members.arg(self.names.keys.binding(exchange));
        let members: Vec<String> = self.link.command(&members).await?;
        let mut bindings = members.iter().filter_map(|member| self.names.keys.parse_binding(member));
        Ok(bindings.find(|binding| binding.takes(&routing_key)).map(|binding| binding.queue))
    }
}

/// The one thing that decides on the list.
#[derive(Default, Deserialize)]
struct Prioritised {
    #[serde(default)]
    properties: Properties,
}

#[derive(Default, Deserialize)]
struct Properties {
    priority: Option<u8>,
}
