//! The broker on Redis, in Celery's own keys: Python's producers, workers and tools work beside it and see nothing new.
//!
//! A message is an item of a list until it is taken. Taking it and booking its owner in `unacked` is one step
//! ([`scripts::TAKE`]), so that there is no moment in which a crash loses it. While it is in hand its score in
//! `unacked_index` is renewed, so that no neighbour with a visibility timeout takes it for lost; each process also
//! renews a sign of life, and when that ends its messages go back at once ([`recover`]) rather than in an hour.
//!
//! A held message stays in `unacked` as well, like one that a Python worker waits with, under a key of its own and
//! with a score that makes it look lost some seconds after it is due. So whoever is there then gives it back: one of
//! us on time ([`due`]), or a Python worker a little later, should none of us be left.

mod admin;
mod discover;
mod doubt;
mod due;
mod hand;
mod names;
mod notebook;
mod posts;
mod recover;
mod scripts;
mod search;
mod settings;
mod settle;
mod take;
mod wake;

pub use settings::RedisSettings;

use super::{Broker, BrokerError, Delivery, Tag, Verdict};
use crate::clock::SharedClock;
use crate::protocol::keys::Binding;
use crate::protocol::time::to_epoch;
use crate::protocol::{Message, envelope};
use crate::redis_link::{Link, LinkError};
use chrono::{DateTime, Utc};
use doubt::Doubt;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hand::Hand;
use names::Names;
use posts::Posts;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// How long a sender waits for a Redis that is away.
const PATIENCE: Duration = Duration::from_secs(5);

/// Cheap to clone.
#[derive(Clone)]
pub struct RedisBroker(Arc<Inner>);

struct Inner {
    link: Link,
    clock: SharedClock,
    settings: RedisSettings,
    names: Names,
    hand: Hand,
    /// What may be booked as ours though we know nothing of it.
    doubt: Doubt,
    /// Whether we have given a sign of life before.
    signed: AtomicBool,
    /// Messages this process has refused.
    refused: AtomicU64,
    /// The posts this process holds, as far as it knows.
    posts: Posts,
    /// When all keys were last looked through for queues of others.
    walked: Mutex<Option<Duration>>,
    /// Rung when something was held that may be due before the others.
    held: Notify,
}

impl RedisBroker {
    pub fn new(link: Link, clock: SharedClock, settings: RedisSettings) -> Self {
        Self(Arc::new(Inner {
            names: Names::new(&settings),
            link,
            clock,
            settings,
            hand: Hand::default(),
            doubt: Doubt::default(),
            signed: AtomicBool::new(false),
            refused: AtomicU64::new(0),
            posts: Posts::default(),
            walked: Mutex::default(),
            held: Notify::new(),
        }))
    }
}

impl Inner {
    /// A moment as a score.
    fn score(moment: DateTime<Utc>) -> f64 {
        to_epoch(moment)
    }

    /// Now, as Redis would say it: scores of several machines are compared.
    fn now(&self) -> DateTime<Utc> {
        self.clock.now() + self.link.skew()
    }

    /// Declares queues that this process uses for the first time.
    async fn make_known<'a>(&self, queues: impl Iterator<Item = &'a str>) -> Result<(), LinkError> {
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        let fresh = self.names.declare(&mut pipeline, queues);
        if pipeline.is_empty() {
            return Ok(());
        }
        self.link.query::<()>(&pipeline).await?;
        self.names.declared(fresh);
        Ok(())
    }

    async fn bind(&self, exchange: &str, binding: &Binding) -> Result<(), BrokerError> {
        let keys = &self.names.keys;
        let member = keys.binding_member(binding);
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        pipeline.cmd("SADD").arg(keys.binding(exchange)).arg(&member).ignore();
        pipeline.cmd("SADD").arg(keys.binding_permanent(exchange)).arg(&member).ignore();
        Ok(self.link.query::<()>(&pipeline).await?)
    }

    async fn publish(&self, batch: Vec<Message>) -> Result<(), BrokerError> {
        if batch.is_empty() {
            return Ok(());
        }
        // Each list gets its messages in the order they were sent.
        let mut lists: Vec<(String, Vec<Vec<u8>>)> = Vec::new();
        let mut places = HashMap::new();
        let mut tags = uuid::Uuid::encode_buffer();
        for message in &batch {
            let place = *places.entry((message.queue.as_str(), message.priority)).or_insert_with(|| {
                lists.push((self.names.list(&message.queue, message.priority), Vec::new()));
                lists.len() - 1
            });
            let tag = uuid::Uuid::new_v4();
            lists[place].1.push(envelope::encode(message, tag.hyphenated().encode_lower(&mut tags)));
        }
        // All or none, as far as Redis is concerned.
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        let fresh = self.names.declare(&mut pipeline, batch.iter().map(|message| message.queue.as_str()));
        for (list, envelopes) in lists {
            pipeline.cmd("LPUSH").arg(list).arg(envelopes).ignore();
        }
        self.patience().await;
        self.link.query::<()>(&pipeline).await?;
        self.names.declared(fresh);
        Ok(())
    }

    /// A sender would rather wait a little for a Redis that is away than fail.
    async fn patience(&self) {
        if tokio::time::timeout(PATIENCE, self.link.connected()).await.is_err() {
            tracing::debug!("sending without waiting any longer for Redis");
        }
    }
}

impl Broker for RedisBroker {
    fn publish(&self, batch: Vec<Message>) -> BoxFuture<'_, Result<(), BrokerError>> {
        self.0.publish(batch).boxed()
    }

    fn reserve<'a>(
        &'a self,
        queues: &'a [String],
        max: usize,
    ) -> BoxFuture<'a, Result<Vec<Delivery>, BrokerError>> {
        self.0.take(queues, max).boxed()
    }

    fn ready<'a>(&'a self, queues: &'a [String], timeout: Duration) -> BoxFuture<'a, ()> {
        self.0.wait(queues, timeout).boxed()
    }

    fn settle(&self, batch: Vec<(Tag, Verdict)>) -> BoxFuture<'_, Result<(), BrokerError>> {
        self.0.settle(batch).boxed()
    }

    fn bind(&self, exchange: String, binding: Binding) -> BoxFuture<'_, Result<(), BrokerError>> {
        async move { self.0.bind(&exchange, &binding).await }.boxed()
    }

    fn extend(&self, tags: Vec<Tag>) -> BoxFuture<'_, Result<(), BrokerError>> {
        self.0.extend(tags).boxed()
    }

    fn recover(&self) -> BoxFuture<'_, Result<u64, BrokerError>> {
        self.0.recover().boxed()
    }
}

impl From<LinkError> for BrokerError {
    fn from(error: LinkError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
