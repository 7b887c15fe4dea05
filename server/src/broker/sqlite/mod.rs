//! The embedded broker: messages in a table, one process.
//!
//! A message is a row from the moment it is confirmed until it is acknowledged. Who has it in hand is known in
//! memory only: all owners live in this process and die with it, so at the next start every row that was in hand is
//! ready again ([`SqliteBroker::open`]). While the process lives, an owner that stops renewing its lease loses its
//! messages to [`Broker::recover`].
//!
//! Taking messages does not wait for the disk. Should a power cut undo a claim, the message is ready again, which is
//! what would have become of it anyway.

mod counts;
mod leases;
mod look;
mod notebook;
mod sql;

use super::{Broker, BrokerError, Delivery, QueueAdmin, QueueStatus, Tag, Verdict, Waiting};
use crate::clock::SharedClock;
use crate::protocol::{Message, TaskId};
use crate::store::{Db, DbError};
use chrono::{DateTime, Utc};
use counts::Counts;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use leases::Leases;
use notebook::Posts;
use rusqlite::Connection;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Held messages made ready in one step.
const DUE_BATCH: usize = 1000;

#[derive(Clone)]
pub struct SqliteBroker {
    db: Db,
    clock: SharedClock,
    shared: Arc<Shared>,
}

struct Shared {
    counts: Counts,
    leases: Leases,
    posts: Posts,
    /// Rung when messages became ready, after they did.
    ready: Notify,
    /// Rung when a hold was added that may be due before the others.
    held: Notify,
}

impl SqliteBroker {
    /// Takes over the message table. Whatever a process before us had in hand is ready again.
    pub async fn open(db: Db, clock: SharedClock, lease: Duration) -> Result<Self, DbError> {
        let counts = db.write(sql::take_over).await?;
        let shared = Shared {
            counts: Counts::new(counts),
            leases: Leases::new(lease),
            posts: Posts::default(),
            ready: Notify::new(),
            held: Notify::new(),
        };
        Ok(Self { db, clock, shared: Arc::new(shared) })
    }

    /// The newest messages before a place in the table ([`i64::MAX`] for the end), each with its place and the moment
    /// it was published; the newest first.
    pub async fn newest(
        &self,
        before: i64,
        limit: usize,
    ) -> Result<Vec<(i64, DateTime<Utc>, Message)>, BrokerError> {
        let rows = self.db.read(move |connection| sql::newest(connection, before, limit)).await?;
        let read = |row: sql::Stored| {
            let headers = serde_json::from_slice(&row.headers).ok()?;
            let message =
                Message { headers, body: row.body.into(), queue: row.queue, priority: row.priority };
            Some((row.id, DateTime::from_timestamp_millis(row.sent)?, message))
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Makes held messages ready when their moment comes. Runs until the token is cancelled.
    pub async fn release_due(self, stop: tokio_util::sync::CancellationToken) {
        loop {
            let added = self.shared.held.notified();
            tokio::pin!(added);
            added.as_mut().enable();
            let wait = match self.release_due_now().await {
                Ok(next) => next.map(|due| (due - self.clock.now()).to_std().unwrap_or_default()),
                Err(error) => {
                    tracing::error!(%error, "failed to release held messages");
                    Some(Duration::from_secs(1))
                }
            };
            let due = async {
                match wait {
                    Some(wait) => self.clock.sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = added => {}
                () = due => {}
            }
        }
    }

    /// Makes ready what is due now and tells when the next one will be.
    async fn release_due_now(&self) -> Result<Option<DateTime<Utc>>, BrokerError> {
        let now = self.clock.now();
        loop {
            let shared = Arc::clone(&self.shared);
            let book = move |released: sql::Released| {
                for (queue, count) in &released.moved {
                    shared.counts.released(queue, *count);
                }
                released
            };
            let released = self.db.write_then(move |c| sql::release_due(c, now, DUE_BATCH), book).await?;
            if released.moved.is_empty() {
                return Ok(released.next);
            }
            self.shared.ready.notify_waiters();
        }
    }

    async fn take(&self, queues: &[String], max: usize) -> Result<Vec<Delivery>, BrokerError> {
        if max == 0 || !self.shared.counts.any_ready(queues) {
            return Ok(Vec::new());
        }
        let queues = queues.to_vec();
        let shared = Arc::clone(&self.shared);
        let now = self.clock.elapsed();
        let rows = self
            .db
            .write_early(move |connection| {
                let rows = sql::reserve(connection, &queues, max)?;
                // Booked here and not by the caller, who may be gone by the time we are done.
                let rows: Vec<_> = rows.into_iter().map(|row| (shared.book(&row, now), row)).collect();
                let tags: Vec<Tag> = rows.iter().map(|(tag, _)| *tag).collect();
                Ok((rows, move || tags.into_iter().for_each(|tag| shared.undo(tag))))
            })
            .await?;
        let mut deliveries = Vec::with_capacity(rows.len());
        let mut unreadable = Vec::new();
        for (tag, row) in rows {
            match delivery(tag, row) {
                Ok(delivery) => deliveries.push(delivery),
                Err(tag) => unreadable.push(tag),
            }
        }
        if !unreadable.is_empty() {
            self.set_aside(unreadable).await?;
        }
        Ok(deliveries)
    }

    /// Takes rows out of the queues that are no messages, and keeps them for a person to look at.
    async fn set_aside(&self, tags: Vec<Tag>) -> Result<(), BrokerError> {
        let leases: Vec<_> = tags.into_iter().filter_map(|tag| self.shared.leases.end(tag)).collect();
        for lease in &leases {
            self.shared.counts.acked(&lease.queue);
        }
        let rows: Vec<i64> = leases.iter().map(|lease| lease.row).collect();
        Ok(self
            .db
            .write(move |connection| rows.iter().try_for_each(|row| sql::set_aside(connection, *row)))
            .await?)
    }
}

/// The message in a row, or the tag of a row whose headers are none. Such a row did not come through `publish`.
fn delivery(tag: Tag, row: sql::Reserved) -> Result<Delivery, Tag> {
    match serde_json::from_slice(&row.headers) {
        Ok(headers) => {
            let message =
                Message { headers, body: row.body.into(), queue: row.queue, priority: row.priority };
            Ok(Delivery { tag, message, redelivered: row.deliveries > 0 })
        }
        Err(error) => {
            tracing::error!(message.id = row.id, %error, "failed to read a stored message; it is set aside");
            Err(tag)
        }
    }
}

impl Shared {
    fn book(&self, row: &sql::Reserved, now: Duration) -> Tag {
        self.counts.taken(&row.queue);
        self.leases.begin(row.id, &row.queue, now)
    }

    /// The claim was undone by a failed commit: the row is ready, and its owner's word no longer counts.
    fn undo(&self, tag: Tag) {
        if let Some(lease) = self.leases.end(tag) {
            self.counts.given_back(&lease.queue);
        }
    }

    /// Books what was published.
    fn stored<'a>(&self, rows: impl IntoIterator<Item = &'a sql::NewRow>) {
        let mut bells = (false, false);
        for row in rows {
            self.counts.added(&row.queue, row.due.is_some());
            bells = either(bells, (row.due.is_none(), row.due.is_some()));
        }
        self.ring(bells);
    }

    /// Books what became of a delivery. True when something is ready again, or held.
    fn settled(&self, tag: Tag, verdict: Verdict) -> (bool, bool) {
        let Some(lease) = self.leases.end(tag) else { return (false, false) };
        match verdict {
            Verdict::Ack => self.counts.acked(&lease.queue),
            Verdict::Requeue | Verdict::Release => {
                self.counts.given_back(&lease.queue);
                return (true, false);
            }
            Verdict::Hold { replace, .. } => {
                let queue = replace.map(|message| message.queue);
                self.counts.held(&lease.queue, queue.as_deref());
                return (false, true);
            }
        }
        (false, false)
    }

    fn ring(&self, (ready, held): (bool, bool)) {
        if ready {
            self.ready.notify_waiters();
        }
        if held {
            self.held.notify_one();
        }
    }
}

fn either(one: (bool, bool), other: (bool, bool)) -> (bool, bool) {
    (one.0 || other.0, one.1 || other.1)
}

impl Broker for SqliteBroker {
    fn publish(&self, batch: Vec<Message>) -> BoxFuture<'_, Result<(), BrokerError>> {
        async move {
            let now = self.clock.now();
            let rows: Vec<_> = batch.into_iter().map(|message| sql::NewRow::new(message, now)).collect();
            let shared = Arc::clone(&self.shared);
            let insert = move |connection: &Connection| {
                rows.iter().try_for_each(|row| sql::insert(connection, row))?;
                Ok(rows)
            };
            Ok(self.db.write_then(insert, move |rows| shared.stored(&rows)).await?)
        }
        .boxed()
    }

    fn reserve<'a>(
        &'a self,
        queues: &'a [String],
        max: usize,
    ) -> BoxFuture<'a, Result<Vec<Delivery>, BrokerError>> {
        self.take(queues, max).boxed()
    }

    fn ready<'a>(&'a self, queues: &'a [String], timeout: Duration) -> BoxFuture<'a, ()> {
        async move {
            let rung = self.shared.ready.notified();
            tokio::pin!(rung);
            // Listen before looking, or what arrives in between is missed.
            rung.as_mut().enable();
            if self.shared.counts.any_ready(queues) {
                return;
            }
            tokio::select! {
                () = rung => {}
                () = self.clock.sleep(timeout) => {}
            }
        }
        .boxed()
    }

    fn settle(&self, batch: Vec<(Tag, Verdict)>) -> BoxFuture<'_, Result<(), BrokerError>> {
        async move {
            let now = self.clock.now();
            let (writing, booking) = (Arc::clone(&self.shared), Arc::clone(&self.shared));
            let write = move |connection: &Connection| {
                for (tag, verdict) in &batch {
                    if let Some(row) = writing.leases.row(*tag) {
                        sql::settle(connection, row, verdict, now)?;
                    }
                }
                Ok(batch)
            };
            let book = move |batch: Vec<(Tag, Verdict)>| {
                let bells = batch.into_iter().map(|(tag, verdict)| booking.settled(tag, verdict));
                booking.ring(bells.fold((false, false), either));
            };
            Ok(self.db.write_then(write, book).await?)
        }
        .boxed()
    }

    fn extend(&self, tags: Vec<Tag>) -> BoxFuture<'_, Result<(), BrokerError>> {
        self.shared.leases.extend(&tags, self.clock.elapsed());
        std::future::ready(Ok(())).boxed()
    }

    fn recover(&self) -> BoxFuture<'_, Result<u64, BrokerError>> {
        async move {
            let now = self.clock.elapsed();
            let (writing, booking) = (Arc::clone(&self.shared), Arc::clone(&self.shared));
            let write = move |connection: &Connection| {
                let ended = writing.leases.expired(now);
                ended.iter().try_for_each(|(_, row)| sql::give_back(connection, *row))?;
                Ok(ended)
            };
            let book = move |ended: Vec<(Tag, i64)>| {
                let settled = ended.into_iter().map(|(tag, _)| booking.settled(tag, Verdict::Release));
                let recovered = settled.filter(|bells| bells.0).count();
                booking.ring((recovered > 0, false));
                recovered as u64
            };
            Ok(self.db.write_then(write, book).await?)
        }
        .boxed()
    }
}

impl QueueAdmin for SqliteBroker {
    fn queues(&self) -> BoxFuture<'_, Result<Vec<QueueStatus>, BrokerError>> {
        async move {
            let oldest = self.db.read(sql::oldest_ready).await?;
            let mut statuses: Vec<_> = self
                .shared
                .counts
                .snapshot()
                .into_iter()
                .map(|(name, count)| QueueStatus {
                    oldest: oldest.get(&name).copied(),
                    name,
                    ready: count.ready.max(0).cast_unsigned(),
                    held: count.held.max(0).cast_unsigned(),
                    in_hand: count.in_hand.max(0).cast_unsigned(),
                })
                .collect();
            statuses.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(statuses)
        }
        .boxed()
    }

    fn withdraw(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Result<Vec<Message>, BrokerError>> {
        async move {
            let shared = Arc::clone(&self.shared);
            let write = move |connection: &Connection| {
                let mut rows = Vec::new();
                for id in &ids {
                    rows.extend(sql::withdraw(connection, id.as_str())?);
                }
                Ok(rows)
            };
            let book = move |rows: Vec<sql::Withdrawn>| {
                for row in &rows {
                    shared.counts.withdrawn(&row.queue, row.was_held);
                }
                rows
            };
            let rows = self.db.write_then(write, book).await?;
            let read = |row: sql::Withdrawn| {
                let headers = serde_json::from_slice(&row.headers).ok()?;
                Some(Message { headers, body: row.body.into(), queue: row.queue, priority: row.priority })
            };
            Ok(rows.into_iter().filter_map(read).collect())
        }
        .boxed()
    }

    fn peek(
        &self,
        queue: String,
        offset: usize,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Waiting>, BrokerError>> {
        async move {
            Ok(self.db.read(move |connection| look::peek(connection, &queue, offset, limit)).await?)
        }
        .boxed()
    }

    fn find(&self, id: TaskId) -> BoxFuture<'_, Result<Option<Waiting>, BrokerError>> {
        async move { Ok(self.db.read(move |connection| look::find(connection, id.as_str())).await?) }.boxed()
    }

    fn purge(&self, queue: String) -> BoxFuture<'_, Result<u64, BrokerError>> {
        async move {
            let shared = Arc::clone(&self.shared);
            let write = move |connection: &Connection| Ok((sql::purge(connection, &queue)?, queue));
            let book = move |((ready, held), queue): ((u64, u64), String)| {
                shared.counts.purged(&queue, ready, held);
                ready + held
            };
            Ok(self.db.write_then(write, book).await?)
        }
        .boxed()
    }
}

impl From<DbError> for BrokerError {
    fn from(error: DbError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
