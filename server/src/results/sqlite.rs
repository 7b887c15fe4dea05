//! The embedded result store: a table, and in memory those who wait for a result.

mod chords;

use super::{ResultError, ResultStore};
use crate::clock::SharedClock;
use crate::protocol::{ResultMeta, TaskId};
use crate::store::{Db, DbError};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::watch;

type Newest = Option<Arc<ResultMeta>>;

/// Rows looked at in one step of pruning, so that the writer is never kept from its other work for long.
const PRUNE_STEP: i64 = 1000;

#[derive(Clone)]
pub struct SqliteResults {
    db: Db,
    clock: SharedClock,
    /// How long a result is kept; `None` for ever.
    keep: Option<Duration>,
    waiting: Arc<Mutex<HashMap<TaskId, watch::Sender<Newest>>>>,
}

impl SqliteResults {
    pub fn new(db: Db, clock: SharedClock, keep: Option<Duration>) -> Self {
        Self { db, clock, keep, waiting: Arc::default() }
    }

    /// The results that were stored last before a place in the table ([`i64::MAX`] for the end), each with its place;
    /// the newest first.
    pub async fn newest(&self, before: i64, limit: usize) -> Result<Vec<(i64, ResultMeta)>, ResultError> {
        let rows = self.db.read(move |connection| {
            let mut statement = connection
                .prepare_cached("SELECT id, meta FROM result WHERE id < ?1 ORDER BY id DESC LIMIT ?2")?;
            let rows =
                statement.query_map(params![before, limit as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<rusqlite::Result<Vec<(i64, Vec<u8>)>>>()
        });
        let read = |(id, json): (i64, Vec<u8>)| Some((id, serde_json::from_slice(&json).ok()?));
        Ok(rows.await?.into_iter().filter_map(read).collect())
    }

    /// When something stored now expires, in milliseconds since the epoch.
    fn expires(&self) -> Option<i64> {
        let keep = self.keep.and_then(|keep| chrono::Duration::from_std(keep).ok())?;
        Some((self.clock.now() + keep).timestamp_millis())
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<TaskId, watch::Sender<Newest>>> {
        self.waiting.lock().expect("nobody panics while holding this lock")
    }

    fn tell(&self, batch: Vec<ResultMeta>) {
        let mut waiting = self.waiting();
        for meta in batch {
            if waiting.is_empty() {
                return;
            }
            if let Some(listeners) = waiting.get(&meta.task_id)
                && listeners.is_closed()
            {
                waiting.remove(&meta.task_id);
            } else if let Some(listeners) = waiting.get(&meta.task_id) {
                listeners.send_replace(Some(Arc::new(meta)));
            }
        }
    }
}

impl ResultStore for SqliteResults {
    fn put(&self, batch: Vec<ResultMeta>) -> BoxFuture<'_, Result<(), ResultError>> {
        async move {
            let expires = self.expires();
            let rows: Vec<_> = batch
                .iter()
                .map(|meta| {
                    let json = serde_json::to_vec(meta).expect("results always serialise");
                    (meta.task_id.clone(), meta.status.as_str().to_owned(), json)
                })
                .collect();
            self.db
                .write(move |connection| {
                    let mut statement = connection.prepare_cached(
                        "INSERT INTO result (task_id, status, expires, meta) VALUES (?1, ?2, ?3, ?4)
                         ON CONFLICT (task_id) DO UPDATE SET status = ?2, expires = ?3, meta = ?4
                         WHERE status <> 'SUCCESS'",
                    )?;
                    for (id, status, json) in &rows {
                        statement.execute(params![id.as_str(), status, expires, json])?;
                    }
                    Ok(())
                })
                .await?;
            self.tell(batch);
            Ok(())
        }
        .boxed()
    }

    fn get(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Result<Vec<Option<ResultMeta>>, ResultError>> {
        async move {
            let now = self.clock.now().timestamp_millis();
            let found = self.db.read(move |connection| {
                ids.iter().map(|id| read(connection, id, now)).collect::<rusqlite::Result<Vec<_>>>()
            });
            Ok(found.await?)
        }
        .boxed()
    }

    fn watch(&self, id: &TaskId) -> watch::Receiver<Newest> {
        let mut waiting = self.waiting();
        // Whoever waits also clears away those who no longer do.
        if waiting.len() % 256 == 255 {
            waiting.retain(|_, listeners| !listeners.is_closed());
        }
        waiting.entry(id.clone()).or_insert_with(|| watch::Sender::new(None)).subscribe()
    }

    fn forget(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Result<(), ResultError>> {
        async move {
            let forgotten = self.db.write(move |connection| {
                let mut statement = connection.prepare_cached("DELETE FROM result WHERE task_id = ?1")?;
                for id in &ids {
                    statement.execute([id.as_str()])?;
                }
                Ok(())
            });
            Ok(forgotten.await?)
        }
        .boxed()
    }

    fn prune(&self) -> BoxFuture<'_, Result<u64, ResultError>> {
        async move {
            let now = self.clock.now().timestamp_millis();
            self.prune_chords(now).await?;
            let (mut place, mut pruned) = (0, 0);
            loop {
                let step = self.db.write(move |connection| prune_step(connection, now, place)).await?;
                pruned += step.pruned;
                match step.next {
                    Some(next) => place = next,
                    None => return Ok(pruned),
                }
            }
        }
        .boxed()
    }
}

struct PruneStep {
    pruned: u64,
    next: Option<i64>,
}

fn prune_step(connection: &Connection, now: i64, place: i64) -> rusqlite::Result<PruneStep> {
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(id) FROM (SELECT id FROM result WHERE id > ?1 ORDER BY id LIMIT ?2)")?
        .query_row([place, PRUNE_STEP], |row| row.get(0))?;
    let Some(last) = last else { return Ok(PruneStep { pruned: 0, next: None }) };
    let pruned = connection
        .prepare_cached("DELETE FROM result WHERE id > ?1 AND id <= ?2 AND expires <= ?3")?
        .execute([place, last, now])?;
    // Results lie in the order they were first written: after a step without any expired one, none follow.
    let next = (pruned > 0).then_some(last);
    Ok(PruneStep { pruned: pruned as u64, next })
}

fn read(connection: &Connection, id: &TaskId, now: i64) -> rusqlite::Result<Option<ResultMeta>> {
    let json: Option<Vec<u8>> = connection
        .prepare_cached("SELECT meta FROM result WHERE task_id = ?1 AND (expires IS NULL OR expires > ?2)")?
        .query_row(params![id.as_str(), now], |row| row.get(0))
        .optional()?;
    Ok(json.and_then(|json| serde_json::from_slice(&json).ok()))
}

impl From<DbError> for ResultError {
    fn from(error: DbError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
