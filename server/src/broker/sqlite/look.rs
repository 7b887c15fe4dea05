//! Looking at what waits, without touching it.

use crate::broker::Waiting;
use crate::protocol::Message;
use chrono::DateTime;
use rusqlite::{Connection, OptionalExtension, Row, params};

const COLUMNS: &str =
    "SELECT queue.name, priority, headers, body, sent, due, message.id, message.queue, state
    FROM message JOIN queue ON queue.id = message.queue";

/// The ready messages of a queue in the order in which they will be handed out, then the held ones as they become due.
pub(super) fn peek(
    connection: &Connection,
    queue: &str,
    offset: usize,
    limit: usize,
) -> rusqlite::Result<Vec<Waiting>> {
    let mut statement = connection.prepare_cached(&format!(
        "{COLUMNS} WHERE queue.name = ?1 AND state IN (0, 2)
         ORDER BY state, CASE state WHEN 0 THEN priority ELSE due END, message.id LIMIT ?2 OFFSET ?3"
    ))?;
    let rows = statement.query_map(params![queue, limit as i64, offset as i64], read)?;
    let rows: Vec<Found> = rows.collect::<rusqlite::Result<_>>()?;
    let place = |(index, row): (usize, Found)| row.waiting((offset + index) as u64);
    Ok(rows.into_iter().enumerate().filter_map(place).collect())
}

/// Where a task waits.
pub(super) fn find(connection: &Connection, task_id: &str) -> rusqlite::Result<Option<Waiting>> {
    let row = connection
        .prepare_cached(&format!(
            "{COLUMNS} WHERE task_id = ?1 AND state IN (0, 2) ORDER BY message.id LIMIT 1"
        ))?
        .query_row([task_id], read)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let before: i64 = connection
        .prepare_cached(
            "SELECT count(*) FROM message WHERE queue = ?1 AND state = 0
             AND (?2 <> 0 OR priority < ?3 OR (priority = ?3 AND id < ?4))",
        )?
        .query_row(params![row.queue_id, row.state, row.priority, row.id], |row| row.get(0))?;
    Ok(row.waiting(before.unsigned_abs()))
}

struct Found {
    queue: String,
    priority: u8,
    headers: Vec<u8>,
    body: Vec<u8>,
    sent: i64,
    due: Option<i64>,
    id: i64,
    queue_id: i64,
    state: i64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok(Found {
        queue: row.get(0)?,
        priority: row.get(1)?,
        headers: row.get(2)?,
        body: row.get(3)?,
        sent: row.get(4)?,
        due: row.get(5)?,
        id: row.get(6)?,
        queue_id: row.get(7)?,
        state: row.get(8)?,
    })
}

impl Found {
    fn waiting(self, place: u64) -> Option<Waiting> {
        let headers = serde_json::from_slice(&self.headers).ok()?;
        let message = Message { headers, body: self.body.into(), queue: self.queue, priority: self.priority };
        let since = DateTime::from_timestamp_millis(self.sent);
        Some(Waiting { message, place, since, until: self.due.and_then(DateTime::from_timestamp_millis) })
    }
}
