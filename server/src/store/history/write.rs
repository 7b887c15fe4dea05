//! One flush: everything that changed since the last one, each task written once.

use super::{Attempt, Bucket, OTHER, TaskRecord, Word};
use bytes::Bytes;
use rusqlite::types::{ToSql, ToSqlOutput};
use rusqlite::{Connection, params};
use std::sync::Arc;

/// Everything one flush writes.
#[derive(Debug, Default)]
pub struct Batch {
    /// Words numbered since the last flush. They go first, for rows speak of them.
    pub words: Vec<Word>,
    pub tasks: Vec<TaskWrite>,
    pub workers: Vec<WorkerWrite>,
    pub buckets: Vec<Bucket>,
}

/// A task that changed.
#[derive(Debug)]
pub struct TaskWrite {
    pub record: Arc<TaskRecord>,
    /// Whether the database has a row for it.
    pub stored: bool,
    /// The new entries of its timeline, packed.
    pub pack: Vec<u8>,
    /// How many entries came before those.
    pub part: u32,
    pub attempts: Vec<Attempt>,
    /// The whole body, where it was told since the last flush.
    pub body: Option<Bytes>,
}

/// A worker that came or went.
#[derive(Clone, Debug)]
pub struct WorkerWrite {
    /// Milliseconds.
    pub at: i64,
    pub worker: Word,
    pub online: bool,
}

const INSERT: &str = "INSERT OR REPLACE INTO task (seq, id, phase, name, queue, worker, created, runtime, eta, retries,
    sent, received, started, told, closed, finished, events, custom, expires, priority, parent, root, retry_of,
    args, kwargs, result, exception, meta, body_size, timeline, body)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
    ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31)";

/// The same parameters in the same places; the id stays, and so do the first entries of the timeline.
const UPDATE: &str = "UPDATE task SET phase = ?3, name = ?4, queue = ?5, worker = ?6, created = ?7, runtime = ?8,
    eta = ?9, retries = ?10, sent = ?11, received = ?12, started = ?13, told = ?14, closed = ?15, finished = ?16,
    events = ?17, custom = ?18, expires = ?19, priority = ?20, parent = ?21, root = ?22, retry_of = ?23, args = ?24,
    kwargs = ?25, result = ?26, exception = ?27, meta = ?28, body_size = ?29, body = coalesce(?31, body)
    WHERE seq = ?1";

impl Batch {
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.tasks.is_empty() && self.workers.is_empty() && self.buckets.is_empty()
    }

    pub fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        for word in &self.words {
            connection
                .prepare_cached("INSERT OR REPLACE INTO word (number, text) VALUES (?, ?)")?
                .execute(params![word.number, &*word.text])?;
        }
        self.write_tasks(connection)?;
        for WorkerWrite { at, worker, online } in &self.workers {
            connection
                .prepare_cached("INSERT INTO worker_event (at, worker, online) VALUES (?, ?, ?)")?
                .execute(params![at, worker, online])?;
        }
        self.buckets.iter().try_for_each(|bucket| bucket.write(connection))
    }

    fn write_tasks(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut insert = connection.prepare_cached(INSERT)?;
        let mut update = connection.prepare_cached(UPDATE)?;
        for task in &self.tasks {
            let record = &*task.record;
            let marks = &record.marks;
            let inline = (!task.stored && !task.pack.is_empty()).then_some(&task.pack);
            let statement = if task.stored { &mut update } else { &mut insert };
            statement.execute(params![
                record.seq as i64,
                record.id.as_str(),
                record.standing() as u8,
                record.name,
                record.queue,
                record.worker,
                record.created,
                record.runtime,
                record.eta,
                record.retries,
                marks.sent.map(|moment| moment.micros),
                marks.received.map(|moment| moment.micros),
                marks.started.map(|moment| moment.micros),
                marks.told.map(|moment| moment.micros),
                marks.closed.map(|(moment, _)| moment.micros),
                record.finished().map(|moment| moment.micros),
                record.events,
                record.custom_state(),
                record.expires,
                record.priority,
                record.parent_id.as_ref().map(|id| id.as_str()),
                record.root_id.as_ref().map(|id| id.as_str()),
                record.retry_of.as_ref().map(|id| id.as_str()),
                record.args.as_deref(),
                record.kwargs.as_deref(),
                record.result.as_deref(),
                record.exception.as_deref(),
                record.meta.as_deref(),
                record.body_size.map(|size| i64::try_from(size).unwrap_or(i64::MAX)),
                inline,
                task.body.as_deref(),
            ])?;
            if task.stored && !task.pack.is_empty() {
                connection
                    .prepare_cached("INSERT OR REPLACE INTO event (task, part, pack) VALUES (?, ?, ?)")?
                    .execute(params![record.seq as i64, task.part, task.pack])?;
            }
            for attempt in &task.attempts {
                write_attempt(connection, record.seq, attempt)?;
            }
        }
        Ok(())
    }
}

fn write_attempt(connection: &Connection, task: u64, attempt: &Attempt) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO attempt (task, number, phase, worker, started, finished, runtime, exception,
             traceback) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            task as i64,
            attempt.number,
            attempt.phase as u8,
            attempt.worker,
            attempt.started_at,
            attempt.finished_at,
            attempt.runtime,
            attempt.exception.as_deref(),
            attempt.traceback.as_deref(),
        ])?;
    Ok(())
}

/// A word is stored as its number, or as itself where it has none.
impl ToSql for Word {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        if self.number == OTHER { self.text.to_sql() } else { self.number.to_sql() }
    }
}
