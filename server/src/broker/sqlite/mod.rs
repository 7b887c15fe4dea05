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
mod sql;

use super::{Broker, BrokerError, Delivery, QueueAdmin, QueueStatus, Tag, Verdict};
use crate::clock::SharedClock;
use crate::protocol::{Message, TaskId};
use crate::store::{Db, DbError};
use chrono::{DateTime, Utc};
use counts::Counts;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use leases::Leases;
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
            ready: Notify::new(),
            held: Notify::new(),
        };
        Ok(Self { db, clock, shared: Arc::new(shared) })
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
            let released = self.db.write(move |c| sql::release_due(c, now, DUE_BATCH)).await?;
            if released.moved.is_empty() {
                return Ok(released.next);
            }
            for (queue, count) in released.moved {
                self.shared.counts.released(&queue, count);
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
                let rows = rows.into_iter().map(|row| (shared.leases.begin(row.id, &row.queue, now), row));
                let rows: Vec<_> = rows.collect();
                for (_, row) in &rows {
                    shared.counts.taken(&row.queue);
                }
                Ok(rows)
            })
            .await?;
        Ok(rows.into_iter().filter_map(|(tag, row)| self.delivery(tag, row)).collect())
    }

    /// A row whose headers do not parse cannot have come through `publish`: it is put aside by leaving it in hand.
    fn delivery(&self, tag: Tag, row: sql::Reserved) -> Option<Delivery> {
        match serde_json::from_slice(&row.headers) {
            Ok(headers) => {
                let message =
                    Message { headers, body: row.body.into(), queue: row.queue, priority: row.priority };
                Some(Delivery { tag, message, redelivered: row.deliveries > 0 })
            }
            Err(error) => {
                tracing::error!(message.id = row.id, %error, "failed to read a stored message");
                None
            }
        }
    }
}

impl Broker for SqliteBroker {
    fn publish(&self, batch: Vec<Message>) -> BoxFuture<'_, Result<(), BrokerError>> {
        async move {
            let now = self.clock.now();
            let rows: Vec<_> = batch.into_iter().map(|message| sql::NewRow::new(message, now)).collect();
            let shared = Arc::clone(&self.shared);
            let (ready, held) = self
                .db
                .write(move |connection| {
                    let mut seen = (false, false);
                    for row in &rows {
                        sql::insert(connection, row)?;
                    }
                    for row in &rows {
                        shared.counts.added(&row.queue, row.due.is_some());
                        seen = (seen.0 | row.due.is_none(), seen.1 | row.due.is_some());
                    }
                    Ok(seen)
                })
                .await?;
            if ready {
                self.shared.ready.notify_waiters();
            }
            if held {
                self.shared.held.notify_one();
            }
            Ok(())
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
            let shared = Arc::clone(&self.shared);
            let (ready, held) = self
                .db
                .write(move |connection| {
                    let mut seen = (false, false);
                    for (tag, verdict) in &batch {
                        let Some(lease) = shared.leases.get(*tag) else { continue };
                        sql::settle(connection, lease.row, verdict, now)?;
                    }
                    for (tag, verdict) in batch {
                        let Some(lease) = shared.leases.end(tag) else { continue };
                        match verdict {
                            Verdict::Ack => shared.counts.acked(&lease.queue),
                            Verdict::Requeue | Verdict::Release => {
                                shared.counts.given_back(&lease.queue);
                                seen.0 = true;
                            }
                            Verdict::Hold { replace, .. } => {
                                let queue = replace.map(|message| message.queue);
                                shared.counts.held(&lease.queue, queue.as_deref());
                                seen.1 = true;
                            }
                        }
                    }
                    Ok(seen)
                })
                .await?;
            if ready {
                self.shared.ready.notify_waiters();
            }
            if held {
                self.shared.held.notify_one();
            }
            Ok(())
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
            let shared = Arc::clone(&self.shared);
            let recovered = self
                .db
                .write(move |connection| {
                    let ended = shared.leases.take_expired(now);
                    for lease in &ended {
                        sql::give_back(connection, lease.row)?;
                        shared.counts.given_back(&lease.queue);
                    }
                    Ok(ended.len() as u64)
                })
                .await?;
            if recovered > 0 {
                self.shared.ready.notify_waiters();
            }
            Ok(recovered)
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
                    ready: count.ready,
                    held: count.held,
                    in_hand: count.in_hand,
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
            let rows = self
                .db
                .write(move |connection| {
                    let mut rows = Vec::new();
                    for id in &ids {
                        rows.extend(sql::withdraw(connection, id.as_str())?);
                    }
                    for row in &rows {
                        shared.counts.withdrawn(&row.queue, row.was_held);
                    }
                    Ok(rows)
                })
                .await?;
            let read = |row: sql::Withdrawn| {
                let headers = serde_json::from_slice(&row.headers).ok()?;
                Some(Message { headers, body: row.body.into(), queue: row.queue, priority: row.priority })
            };
            Ok(rows.into_iter().filter_map(read).collect())
        }
        .boxed()
    }

    fn purge(&self, queue: String) -> BoxFuture<'_, Result<u64, BrokerError>> {
        async move {
            let shared = Arc::clone(&self.shared);
            let purged = self.db.write(move |connection| {
                let (ready, held) = sql::purge(connection, &queue)?;
                shared.counts.purged(&queue, ready, held);
                Ok(ready + held)
            });
            Ok(purged.await?)
        }
        .boxed()
    }
}

impl From<DbError> for BrokerError {
    fn from(error: DbError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
