//! Deleting old history, a little at a time, so that the writer is never held up for long.

use super::{Db, DbError};
use rusqlite::{Connection, params};

/// Keys deleted in one transaction.
const STEP: u64 = 2000;

/// Deletes all tasks before this number with everything that belongs to them. Returns how many tasks went.
pub async fn tasks_before(history: &Db, seq: u64) -> Result<u64, DbError> {
    let oldest = |connection: &Connection| {
        connection.query_row("SELECT min(seq) FROM task", [], |row| row.get::<_, Option<i64>>(0))
    };
    let Some(oldest) = history.read(oldest).await? else { return Ok(0) };
    let mut from = u64::try_from(oldest).unwrap_or(0);
    let mut gone = 0;
    while from < seq {
        let to = seq.min(from + STEP);
        gone += history.write(move |connection| delete(connection, from, to)).await?;
        from = to;
    }
    Ok(gone)
}

fn delete(connection: &Connection, from: u64, to: u64) -> rusqlite::Result<u64> {
    let range = params![from as i64, to as i64];
    connection.prepare_cached("DELETE FROM event WHERE task >= ? AND task < ?")?.execute(range)?;
    connection.prepare_cached("DELETE FROM attempt WHERE task >= ? AND task < ?")?.execute(range)?;
    let tasks = connection.prepare_cached("DELETE FROM task WHERE seq >= ? AND seq < ?")?.execute(range)?;
    Ok(tasks as u64)
}

/// Deletes counters and comings and goings of workers from before the moment (milliseconds).
pub async fn counters_before(history: &Db, moment: i64, minutes_before: i64) -> Result<(), DbError> {
    history
        .write(move |connection| {
            let sql = "DELETE FROM bucket WHERE at * step * 1000 < CASE step WHEN 60 THEN ? ELSE ? END";
            connection.execute(sql, params![minutes_before, moment])?;
            connection.execute("DELETE FROM worker_event WHERE at < ?", [moment])?;
            Ok(())
        })
        .await
}

/// Bytes of the database that hold something; what was freed before is used again and does not count.
pub async fn bytes_used(history: &Db) -> Result<u64, DbError> {
    let pragma = |connection: &Connection, name: &str| {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
    };
    let used = history
        .read(move |connection| {
            let pages = pragma(connection, "page_count")? - pragma(connection, "freelist_count")?;
            Ok(pages * pragma(connection, "page_size")?)
        })
        .await?;
    Ok(u64::try_from(used).unwrap_or(0))
}
