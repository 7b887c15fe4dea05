//! Signs of life, and giving back what the dead had in hand.
//!
//! Each process of ours books its deliveries under its own name and renews one sign of life. When that is older than
//! the lease, whoever notices first gives all its messages back. A Python worker gives no such sign; what it had in
//! hand is given back after the visibility timeout, as its own kind would do.

use super::names::Names;
use super::settle::{Move, To, seconds};
use super::{Inner, scripts};
use crate::broker::{BrokerError, Tag};
use crate::protocol::envelope::as_redelivered;
use crate::protocol::lenient;
use crate::redis_link::LinkError;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::atomic::Ordering;

/// Messages given back in one step.
const STEP: usize = 200;

impl Inner {
    pub(super) async fn extend(&self, tags: Vec<Tag>) -> Result<(), BrokerError> {
        // Only what is still there is renewed: nobody's lost lease comes back by this.
        let known = self.sign(self.hand.keys(&tags)).await?;
        if self.signed.swap(true, Ordering::Relaxed) && !known {
            // Redis has been emptied. At our first sign we are new, and what is being declared just then holds.
            let queues = self.names.forget_declarations();
            self.make_known(queues.iter().map(String::as_str)).await?;
        }
        Ok(())
    }

    /// Gives a sign of life and renews these bookings. True when our last sign was still there.
    async fn sign(&self, keys: Vec<String>) -> Result<bool, LinkError> {
        let (owner, now) = (&self.names.owner, Self::score(self.now()));
        if keys.is_empty() {
            // Who has nothing in hand should cost little. What a server short of memory refuses, the script gets done.
            let mut sign = redis::cmd("ZADD");
            match self.link.command::<u64>(sign.arg(&self.names.owners).arg(now).arg(owner)).await {
                Err(LinkError::Refused(_)) => {}
                added => return Ok(added? == 0),
            }
        }
        let mut script = scripts::RENEW.prepare_invoke();
        script.key(&self.names.unacked_index).key(&self.names.owners).arg(owner).arg(now).arg(keys);
        Ok(self.link.script::<u64>(&script).await? == 1)
    }

    pub(super) async fn recover(&self) -> Result<u64, BrokerError> {
        let mut count = self.give_back_unsure().await?;
        // After an outage everybody's signs are old, and everybody needs a moment to give new ones.
        if self.link.up_for().is_none_or(|up| up < self.settings.lease) {
            return Ok(count);
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
            let mut forget = redis::cmd("ZREM");
            forget.arg(&self.names.owners).arg(owner);
            self.link.command::<()>(&forget).await?;
        }
        Ok(count + self.give_back(foreign).await?)
    }

    /// Gives back what was taken without an answer.
    async fn give_back_unsure(&self) -> Result<u64, BrokerError> {
        let unsure = self.doubt.numbers(self.clock.elapsed());
        if unsure.is_empty() {
            return Ok(0);
        }
        let is_unsure = |key: &str| {
            Names::number_in(key).is_some_and(|number| unsure.iter().any(|numbers| numbers.contains(&number)))
        };
        let given_back = self.give_back_of(&self.names.owner, is_unsure).await;
        if given_back.is_err() {
            // Nobody has looked, so nobody knows.
            for numbers in unsure {
                self.doubt.add(numbers, self.clock.elapsed());
            }
        }
        given_back
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
        let mut useless = Vec::new();
        for (key, booking) in keys.into_iter().zip(bookings) {
            let Some(booking) = booking else {
                dangling.push(key);
                continue;
            };
            match self.way_back(&key, &booking).await? {
                Some(to) => moves.push(Move { key, to }),
                None => useless.push((key, Bytes::from(booking))),
            }
        }
        if !dangling.is_empty() {
            let mut drop = redis::cmd("ZREM");
            drop.arg(&self.names.unacked_index).arg(&dangling);
            self.link.command::<()>(&drop).await?;
        }
        if !useless.is_empty() {
            for (key, _) in &useless {
                tracing::error!(
                    key,
                    "what is booked in `unacked` has no queue to go back to; it is set aside in `{}`",
                    self.names.refused
                );
            }
            self.set_aside(&useless).await?;
        }
        if moves.is_empty() { Ok(0) } else { self.move_all(moves).await }
    }

    /// Where a booking belongs; `None` when it is none, or nobody knows.
    async fn way_back(&self, key: &str, booking: &[u8]) -> Result<Option<To>, BrokerError> {
        if let Some(list) = Names::list_in(key)
            && let Some(envelope) = Names::envelope_in(booking, self.names.keys.queue_of(list))
        {
            // To wait was its own wish; nobody has had it in hand.
            let envelope = if Names::is_held(key) { envelope.to_vec() } else { as_redelivered(envelope) };
            return Ok(Some(To::Front { list: list.to_owned(), envelope }));
        }
        let Ok((envelope, exchange, routing_key)) =
            lenient::from_slice::<(Box<RawValue>, Option<String>, Option<String>)>(booking)
        else {
            return Ok(None);
        };
        let (exchange, routing_key) = (exchange.unwrap_or_default(), routing_key.unwrap_or_default());
        let Some(queue) = self.queue_of(&exchange, routing_key).await? else { return Ok(None) };
        let urgency = serde_json::from_str::<Prioritised>(envelope.get()).unwrap_or_default();
        let list = self.names.list(&queue, urgency.properties.priority.unwrap_or_default());
        Ok(Some(To::Front { list, envelope: as_redelivered(envelope.get().as_bytes()) }))
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
