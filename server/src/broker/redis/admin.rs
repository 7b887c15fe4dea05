//! Looking into the queues from outside, and emptying them.

use super::discover::{RARELY, SOON};
use super::names::Names;
use super::search::Place;
use super::{Inner, RedisBroker};
use crate::broker::{BrokerError, QueueAdmin, QueueStatus, Waiting};
use crate::protocol::{Message, TaskId, envelope};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, HashSet};

/// Items read in one step.
pub(super) const STEP: usize = 500;
/// Bookings that are counted at most.
const MOST_BOOKED: isize = 20_000;

impl Inner {
    pub(super) async fn queue_names(&self) -> Result<Vec<String>, BrokerError> {
        let mut members = redis::cmd("SMEMBERS");
        members.arg(&self.names.queues);
        let mut names: Vec<String> = self.link.command(&members).await?;
        names.sort_unstable();
        Ok(names)
    }

    async fn statuses(&self) -> Result<Vec<QueueStatus>, BrokerError> {
        self.discover(RARELY).await;
        let names = self.queue_names().await?;
        let mut pipeline = redis::pipe();
        for name in &names {
            for list in self.names.keys.lists(name) {
                pipeline.cmd("LLEN").arg(&list).cmd("LINDEX").arg(list).arg(-1);
            }
        }
        pipeline.cmd("ZRANGE").arg(&self.names.unacked_index).arg(0).arg(MOST_BOOKED);
        let mut answers: Vec<redis::Value> = self.link.query(&pipeline).await?;
        let booked: Vec<String> =
            answers.pop().and_then(|value| redis::from_redis_value(value).ok()).unwrap_or_default();
        let mut statuses: BTreeMap<String, QueueStatus> = BTreeMap::new();
        let steps = self.names.keys.steps().len();
        for (name, answers) in names.into_iter().zip(answers.chunks_exact(2 * steps)) {
            let mut status = QueueStatus { name: name.clone(), ready: 0, held: 0, in_hand: 0, oldest: None };
            for pair in answers.as_chunks::<2>().0 {
                status.ready += redis::from_redis_value_ref::<u64>(&pair[0]).unwrap_or_default();
                let next = redis::from_redis_value_ref::<Option<Vec<u8>>>(&pair[1]).ok().flatten();
                let message =
                    next.and_then(|item| envelope::decode(&item, &name, &self.settings.accept).ok());
                let born = message.and_then(|arrived| arrived.message.headers.id.born());
                status.oldest = match (status.oldest, born) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                };
            }
            statuses.insert(name, status);
        }
        for key in &booked {
            let Some(list) = Names::list_in(key) else { continue };
            if let Some(status) = statuses.get_mut(self.names.keys.queue_of(list)) {
                if Names::is_held(key) { status.held += 1 } else { status.in_hand += 1 }
            }
        }
        Ok(statuses.into_values().collect())
    }

    /// A part of a list, the next to run first.
    pub(super) async fn slice(
        &self,
        list: &str,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<Bytes>, BrokerError> {
        let (offset, limit) = (index(offset), index(limit));
        let mut range = redis::cmd("LRANGE");
        range.arg(list).arg(-(offset + limit)).arg(-(offset + 1));
        let mut items: Vec<Bytes> = self.link.command(&range).await?;
        items.reverse();
        Ok(items)
    }

    /// The held messages of a queue by the moment they are due.
    pub(super) async fn held_of(&self, queue: &str) -> Result<Vec<(String, f64)>, BrokerError> {
        let mut range = redis::cmd("ZRANGE");
        range.arg(&self.names.held).arg(0).arg(MOST_BOOKED).arg("WITHSCORES");
        let held: Vec<(String, f64)> = self.link.command(&range).await?;
        let belongs =
            |key: &str| Names::list_in(key).is_some_and(|list| self.names.keys.queue_of(list) == queue);
        Ok(held.into_iter().filter(|(key, _)| belongs(key)).collect())
    }

    pub(super) async fn envelopes_of(&self, keys: &[&str]) -> Result<Vec<Option<Bytes>>, BrokerError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut get = redis::cmd("HMGET");
        get.arg(&self.names.unacked).arg(keys);
        let bookings: Vec<Option<Bytes>> = self.link.command(&get).await?;
        Ok(bookings.into_iter().map(|booking| booking.and_then(|booking| envelope_in(&booking))).collect())
    }

    async fn peek(&self, queue: &str, offset: usize, limit: usize) -> Result<Vec<Waiting>, BrokerError> {
        let mut waiting = Vec::new();
        let mut skip = offset;
        let mut place = offset as u64;
        for list in self.names.keys.lists(queue) {
            let mut count = redis::cmd("LLEN");
            count.arg(&list);
            let there: usize = self.link.command(&count).await?;
            let items = match limit - waiting.len() {
                0 => return Ok(waiting),
                _ if skip >= there => Vec::new(),
                room => self.slice(&list, skip, room).await?,
            };
            skip = skip.saturating_sub(there);
            for item in items {
                waiting.extend(self.shown(queue, &item, place, None));
                place += 1;
            }
        }
        let held = self.held_of(queue).await?;
        let held: Vec<_> = held.iter().skip(skip).take(limit - waiting.len()).collect();
        let keys: Vec<&str> = held.iter().map(|(key, _)| key.as_str()).collect();
        for (item, (_, due)) in self.envelopes_of(&keys).await?.into_iter().zip(&held) {
            waiting.extend(item.and_then(|item| self.shown(queue, &item, place, Some(*due))));
            place += 1;
        }
        Ok(waiting)
    }

    fn shown(&self, queue: &str, item: &[u8], place: u64, due: Option<f64>) -> Option<Waiting> {
        let message = envelope::decode(item, queue, &self.settings.accept).ok()?.message;
        Some(self.waiting(message, place, due))
    }

    pub(super) async fn drop_held(&self, keys: &[&str]) -> Result<u64, BrokerError> {
        if keys.is_empty() {
            return Ok(0);
        }
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        pipeline.cmd("HDEL").arg(&self.names.unacked).arg(keys);
        pipeline.cmd("ZREM").arg(&self.names.unacked_index).arg(keys).ignore();
        pipeline.cmd("ZREM").arg(&self.names.held).arg(keys).ignore();
        let (gone,): (u64,) = self.link.query(&pipeline).await?;
        Ok(gone)
    }

    async fn purge(&self, queue: &str) -> Result<u64, BrokerError> {
        let lists = self.names.keys.lists(queue);
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        for list in &lists {
            pipeline.cmd("LLEN").arg(list);
        }
        pipeline.cmd("DEL").arg(&lists).ignore();
        let lengths: Vec<u64> = self.link.query(&pipeline).await?;
        let mut count = lengths.iter().sum();
        let held = self.held_of(queue).await?;
        for step in held.chunks(STEP) {
            let keys: Vec<&str> = step.iter().map(|(key, _)| key.as_str()).collect();
            count += self.drop_held(&keys).await?;
        }
        Ok(count)
    }
}

impl QueueAdmin for RedisBroker {
    fn queues(&self) -> BoxFuture<'_, Result<Vec<QueueStatus>, BrokerError>> {
        self.0.statuses().boxed()
    }

    fn withdraw(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Result<Vec<Message>, BrokerError>> {
        self.0.withdraw(ids).boxed()
    }

    fn peek(
        &self,
        queue: String,
        offset: usize,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Waiting>, BrokerError>> {
        async move { self.0.peek(&queue, offset, limit).await }.boxed()
    }

    fn find(&self, id: TaskId) -> BoxFuture<'_, Result<Option<Waiting>, BrokerError>> {
        async move {
            let wanted = HashSet::from([id.as_str()]);
            let mut found = self.0.look_for(&wanted).await?.into_iter().next();
            if found.is_none() {
                // It may wait in a queue that only others have used so far.
                self.0.discover(SOON).await;
                found = self.0.look_for(&wanted).await?.into_iter().next();
            }
            Ok(found.map(|found| {
                let due = if let Place::Held(_, due) = found.at { Some(due) } else { None };
                self.0.waiting(found.message, found.place, due)
            }))
        }
        .boxed()
    }

    /// No process of ours need have used them: other workers told that they serve them.
    fn note_queues(&self, queues: Vec<String>) -> BoxFuture<'_, Result<(), BrokerError>> {
        async move {
            if queues.is_empty() {
                return Ok(());
            }
            let mut add = redis::cmd("SADD");
            add.arg(&self.0.names.queues).arg(queues);
            Ok(self.0.link.command::<()>(&add).await?)
        }
        .boxed()
    }

    fn purge(&self, queue: String) -> BoxFuture<'_, Result<u64, BrokerError>> {
        async move { self.0.purge(&queue).await }.boxed()
    }
}

/// The envelope inside of a booking.
fn envelope_in(booking: &Bytes) -> Option<Bytes> {
    let (envelope, ..): (&serde_json::value::RawValue, serde::de::IgnoredAny, serde::de::IgnoredAny) =
        serde_json::from_slice(booking).ok()?;
    Some(booking.slice_ref(envelope.get().as_bytes()))
}

fn index(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX / 4)
}
