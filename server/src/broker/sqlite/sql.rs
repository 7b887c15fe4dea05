//! The statements of the embedded broker. Each function is one step inside of the writer's transaction.

use super::Verdict;
use super::counts::Count;
use crate::protocol::Message;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::HashMap;

const READY: i64 = 0;
const IN_HAND: i64 = 1;
const HELD: i64 = 2;
/// Not a message; see `set_aside`.
const ASIDE: i64 = 3;
/// The priorities there are, the most urgent first.
const PRIORITIES: std::ops::RangeInclusive<i64> = 0..=9;

/// A message made ready for writing, so that the writer's thread only writes.
pub(super) struct NewRow {
    pub queue: String,
    pub due: Option<i64>,
    priority: u8,
    sent: i64,
    task_id: crate::protocol::TaskId,
    headers: Vec<u8>,
    body: bytes::Bytes,
}

impl NewRow {
    pub(super) fn new(message: Message, now: DateTime<Utc>) -> Self {
        let due = message.headers.eta.filter(|eta| *eta > now).map(|eta| eta.timestamp_millis());
        Self {
            due,
            priority: message.priority.min(9),
            sent: now.timestamp_millis(),
            headers: encode(&message),
            task_id: message.headers.id,
            queue: message.queue,
            body: message.body,
        }
    }
}

fn encode(message: &Message) -> Vec<u8> {
    serde_json::to_vec(&message.headers).expect("headers always serialise")
}

pub(super) struct Reserved {
    pub id: i64,
    pub queue: String,
    pub priority: u8,
    /// How often it was handed out before.
    pub deliveries: u32,
    pub headers: Vec<u8>,
    pub body: Vec<u8>,
}

pub(super) struct Withdrawn {
    pub queue: String,
    pub priority: u8,
    pub was_held: bool,
    pub headers: Vec<u8>,
    pub body: Vec<u8>,
}

pub(super) struct Released {
    /// How many became ready, by queue.
    pub moved: HashMap<String, u64>,
    pub next: Option<DateTime<Utc>>,
}

/// Makes everything ready that a former process had in hand, and counts what there is.
pub(super) fn take_over(connection: &Connection) -> rusqlite::Result<HashMap<String, Count>> {
    connection.execute("UPDATE message SET state = ?1 WHERE state = ?2", [READY, IN_HAND])?;
    let mut counts = HashMap::new();
    let mut statement = connection.prepare(
        "SELECT queue.name, message.state, count(*) FROM message
         JOIN queue ON queue.id = message.queue WHERE message.state <> 3 GROUP BY 1, 2",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let count: &mut Count = counts.entry(row.get(0)?).or_default();
        let number = row.get(2)?;
        if row.get::<_, i64>(1)? == HELD { count.held = number } else { count.ready = number }
    }
    Ok(counts)
}

pub(super) fn insert(connection: &Connection, row: &NewRow) -> rusqlite::Result<()> {
    let queue = queue_id(connection, &row.queue)?;
    let state = if row.due.is_some() { HELD } else { READY };
    connection
        .prepare_cached(
            "INSERT INTO message (queue, priority, state, due, sent, deliveries, task_id, headers, body)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8)",
        )?
        .execute(params![
            queue,
            row.priority,
            state,
            row.due,
            row.sent,
            row.task_id.as_str(),
            row.headers,
            &row.body[..]
        ])?;
    Ok(())
}

/// Takes ready messages: for each priority from the most urgent on, the queues in the order given, oldest first.
pub(super) fn reserve(
    connection: &Connection,
    queues: &[String],
    max: usize,
) -> rusqlite::Result<Vec<Reserved>> {
    let mut taken = Vec::new();
    let mut claim = connection.prepare_cached(
        "UPDATE message SET state = 1, deliveries = deliveries + 1
         WHERE id IN (SELECT id FROM message WHERE state = 0 AND queue = ?1 AND priority = ?2 ORDER BY id LIMIT ?3)
         RETURNING id, priority, deliveries - 1, headers, body",
    )?;
    for priority in PRIORITIES {
        for queue in queues {
            let Some(id) = known_queue_id(connection, queue)? else { continue };
            let room = max - taken.len();
            let rows = claim.query_map(params![id, priority, room as i64], |row| {
                Ok(Reserved {
                    id: row.get(0)?,
                    queue: queue.clone(),
                    priority: row.get(1)?,
                    deliveries: row.get(2)?,
                    headers: row.get(3)?,
                    body: row.get(4)?,
                })
            })?;
            let first = taken.len();
            for row in rows {
                taken.push(row?);
            }
            // RETURNING promises no order.
            taken[first..].sort_unstable_by_key(|row| row.id);
            if taken.len() >= max {
                return Ok(taken);
            }
        }
    }
    Ok(taken)
}

pub(super) fn settle(
    connection: &Connection,
    id: i64,
    verdict: &Verdict,
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    match verdict {
        Verdict::Ack => {
            connection.prepare_cached("DELETE FROM message WHERE id = ?1")?.execute([id])?;
        }
        Verdict::Release => {
            // As if it had never been handed out: a stopping worker is no failed delivery.
            connection
                .prepare_cached("UPDATE message SET state = 0, deliveries = deliveries - 1 WHERE id = ?1")?
                .execute([id])?;
        }
        Verdict::Requeue => {
            connection
                .prepare_cached(
                    "INSERT INTO message (queue, priority, state, sent, deliveries, task_id, headers, body)
                     SELECT queue, priority, 0, ?2, deliveries, task_id, headers, body FROM message WHERE id = ?1",
                )?
                .execute(params![id, now.timestamp_millis()])?;
            connection.prepare_cached("DELETE FROM message WHERE id = ?1")?.execute([id])?;
        }
        Verdict::Hold { until, replace: None } => {
            connection
                .prepare_cached(
                    "UPDATE message SET state = 2, due = ?2, deliveries = deliveries - 1 WHERE id = ?1",
                )?
                .execute(params![id, until.timestamp_millis()])?;
        }
        Verdict::Hold { until, replace: Some(message) } => {
            let queue = queue_id(connection, &message.queue)?;
            connection
                .prepare_cached(
                    "UPDATE message SET state = 2, due = ?2, deliveries = 0, queue = ?3, priority = ?4,
                     headers = ?5, body = ?6 WHERE id = ?1",
                )?
                .execute(params![
                    id,
                    until.timestamp_millis(),
                    queue,
                    message.priority.min(9),
                    encode(message),
                    &message.body[..]
                ])?;
        }
    }
    Ok(())
}

/// Out of the queues, for a person to look at.
pub(super) fn set_aside(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE message SET state = ?2 WHERE id = ?1")?.execute([id, ASIDE])?;
    Ok(())
}

/// Back to its place in the queue, remembered as handed out.
pub(super) fn give_back(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE message SET state = 0 WHERE id = ?1 AND state = 1")?.execute([id])?;
    Ok(())
}

pub(super) fn release_due(
    connection: &Connection,
    now: DateTime<Utc>,
    max: usize,
) -> rusqlite::Result<Released> {
    let mut moved = HashMap::new();
    {
        let mut statement = connection.prepare_cached(
            "UPDATE message SET state = 0, due = NULL
             WHERE id IN (SELECT id FROM message WHERE state = 2 AND due <= ?1 ORDER BY due LIMIT ?2)
             RETURNING (SELECT name FROM queue WHERE queue.id = message.queue)",
        )?;
        let mut rows = statement.query(params![now.timestamp_millis(), max as i64])?;
        while let Some(row) = rows.next()? {
            *moved.entry(row.get(0)?).or_default() += 1;
        }
    }
    let next = connection
        .prepare_cached("SELECT due FROM message WHERE state = 2 ORDER BY due LIMIT 1")?
        .query_row([], |row| row.get::<_, i64>(0))
        .optional()?
        .and_then(DateTime::from_timestamp_millis);
    Ok(Released { moved, next })
}

/// A message with its place in the table and the moment it was published.
pub(super) struct Stored {
    pub id: i64,
    pub sent: i64,
    pub queue: String,
    pub priority: u8,
    pub headers: Vec<u8>,
    pub body: Vec<u8>,
}

/// The newest messages before a place in the table, the newest first.
pub(super) fn newest(connection: &Connection, before: i64, limit: usize) -> rusqlite::Result<Vec<Stored>> {
    let mut statement = connection.prepare_cached(
        "SELECT message.id, sent, queue.name, priority, headers, body FROM message
         JOIN queue ON queue.id = message.queue
         WHERE message.id < ?1 AND state <> 3 ORDER BY message.id DESC LIMIT ?2",
    )?;
    let read = |row: &Row<'_>| {
        Ok(Stored {
            id: row.get(0)?,
            sent: row.get(1)?,
            queue: row.get(2)?,
            priority: row.get(3)?,
            headers: row.get(4)?,
            body: row.get(5)?,
        })
    };
    statement.query_map(params![before, limit as i64], read)?.collect()
}

/// When the oldest ready message of each queue was published.
pub(super) fn oldest_ready(connection: &Connection) -> rusqlite::Result<HashMap<String, DateTime<Utc>>> {
    let mut names = connection.prepare_cached("SELECT id, name FROM queue")?;
    let names = names.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let mut first = connection.prepare_cached(
        "SELECT sent FROM message WHERE state = 0 AND queue = ?1 AND priority = ?2 ORDER BY id LIMIT 1",
    )?;
    let mut oldest = HashMap::new();
    for name in names {
        let (id, name) = name?;
        let mut sent: Option<i64> = None;
        for priority in PRIORITIES {
            let found = first.query_row([id, priority], |row| row.get::<_, i64>(0)).optional()?;
            sent = match (sent, found) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        if let Some(moment) = sent.and_then(DateTime::from_timestamp_millis) {
            oldest.insert(name, moment);
        }
    }
    Ok(oldest)
}

pub(super) fn withdraw(connection: &Connection, task_id: &str) -> rusqlite::Result<Vec<Withdrawn>> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM message WHERE task_id = ?1 AND state IN (0, 2)
         RETURNING (SELECT name FROM queue WHERE queue.id = message.queue), priority, state, headers, body",
    )?;
    let read = |row: &Row<'_>| {
        Ok(Withdrawn {
            queue: row.get(0)?,
            priority: row.get(1)?,
            was_held: row.get::<_, i64>(2)? == HELD,
            headers: row.get(3)?,
            body: row.get(4)?,
        })
    };
    statement.query_map([task_id], read)?.collect()
}

/// Drops what waits; returns how many were ready and how many held.
pub(super) fn purge(connection: &Connection, queue: &str) -> rusqlite::Result<(u64, u64)> {
    let Some(id) = known_queue_id(connection, queue)? else { return Ok((0, 0)) };
    let ready = connection.execute("DELETE FROM message WHERE queue = ?1 AND state = 0", [id])?;
    let held = connection.execute("DELETE FROM message WHERE queue = ?1 AND state = 2", [id])?;
    Ok((ready as u64, held as u64))
}

fn known_queue_id(connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM queue WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

fn queue_id(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    if let Some(id) = known_queue_id(connection, name)? {
        return Ok(id);
    }
    connection.execute("INSERT INTO queue (name) VALUES (?1)", [name])?;
    Ok(connection.last_insert_rowid())
}
