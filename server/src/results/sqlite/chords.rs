//! Chords of the embedded result store. Everything happens in the writer's transactions, so no two ends can complete
//! the same chord.

use super::SqliteResults;
use crate::protocol::{State, TaskId};
use crate::results::{ChordPart, Chords, ClosedChord, Complete, Joined, MemberEnd, NewChord, ResultError};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rusqlite::{Connection, params};
use serde_json::value::RawValue;

/// How long a chord is remembered after its end, so that repetitions of its ends lead to nothing.
const REMEMBERED: i64 = 300_000;
/// Chords dropped in one step of pruning.
const PRUNE_STEP: i64 = 1000;

impl Chords for SqliteResults {
    fn open_chords(&self, chords: Vec<NewChord>) -> BoxFuture<'_, Result<(), ResultError>> {
        async move {
            let expires = self.expires();
            let opened = self.db.write(move |connection| {
                let mut statement = connection.prepare_cached(
                    "INSERT INTO chord (gid, size, come, structure, closed, expires) VALUES (?1, ?2, 0, ?3, 0, ?4)
                     ON CONFLICT (gid) DO UPDATE SET size = ?2, structure = ?3, claim = NULL, closed = 0, expires = ?4",
                )?;
                for chord in &chords {
                    let size = i64::try_from(chord.size).unwrap_or(i64::MAX);
                    let structure = chord.structure.as_ref().map(|json| json.get().as_bytes());
                    statement.execute(params![chord.group, size, structure, expires])?;
                }
                Ok(())
            });
            Ok(opened.await?)
        }
        .boxed()
    }

    fn join(&self, parts: Vec<ChordPart>) -> BoxFuture<'_, Result<Vec<Joined>, ResultError>> {
        async move {
            let expires = self.expires();
            let joined = self.db.write(move |connection| {
                parts
                    .iter()
                    .map(|part| count(connection, part, expires))
                    .collect::<rusqlite::Result<Vec<_>>>()
            });
            Ok(joined.await?)
        }
        .boxed()
    }

    fn close_chords(&self, chords: Vec<ClosedChord>) -> BoxFuture<'_, Result<(), ResultError>> {
        async move {
            let expires = self.clock.now().timestamp_millis() + REMEMBERED;
            let closed = self.db.write(move |connection| {
                let mut close = connection.prepare_cached(
                    "UPDATE chord SET closed = 1, come = 0, structure = NULL, expires = ?3
                     WHERE gid = ?1 AND claim = ?2",
                )?;
                let mut forget = connection.prepare_cached("DELETE FROM chord_end WHERE gid = ?1")?;
                for chord in &chords {
                    if close.execute(params![chord.group, chord.claim, expires])? == 1 {
                        forget.execute([&chord.group])?;
                    }
                }
                Ok(())
            });
            Ok(closed.await?)
        }
        .boxed()
    }
}

impl SqliteResults {
    pub(super) async fn prune_chords(&self, now: i64) -> Result<(), ResultError> {
        loop {
            let step = self.db.write(move |connection| {
                connection
                    .prepare_cached(
                        "DELETE FROM chord WHERE gid IN
                         (SELECT gid FROM chord WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
                    )?
                    .execute([now, PRUNE_STEP])
            });
            if step.await? < PRUNE_STEP as usize {
                return Ok(());
            }
        }
    }
}

/// Size, ends come so far, structure, claim, closed.
type Row = (Option<i64>, i64, Option<Vec<u8>>, Option<String>, bool);

fn count(connection: &Connection, part: &ChordPart, expires: Option<i64>) -> rusqlite::Result<Joined> {
    connection
        .prepare_cached(
            "INSERT INTO chord (gid, come, closed, expires) VALUES (?1, 0, 0, ?2)
             ON CONFLICT (gid) DO UPDATE SET expires = ?2 WHERE closed = 0",
        )?
        .execute(params![part.group, expires])?;
    let (size, mut come, structure, claim, closed): Row = connection
        .prepare_cached("SELECT size, come, structure, claim, closed FROM chord WHERE gid = ?1")?
        .query_row([&part.group], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })?;
    if closed {
        return Ok(Joined::Open);
    }
    let added = connection
        .prepare_cached(
            "INSERT INTO chord_end (gid, place, task_id, state, result) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            part.group,
            part.index.unwrap_or(i64::MAX),
            part.task_id.as_str(),
            part.state.as_str(),
            part.result.get().as_bytes()
        ])?;
    if added == 1 {
        come += 1;
        connection
            .prepare_cached("UPDATE chord SET come = ?2 WHERE gid = ?1")?
            .execute(params![part.group, come])?;
    }
    let mine = part.claim();
    if size != Some(come) || claim.is_some_and(|claim| claim != mine) {
        return Ok(Joined::Open);
    }
    connection
        .prepare_cached("UPDATE chord SET claim = ?2 WHERE gid = ?1")?
        .execute(params![part.group, mine])?;
    let ends = ends(connection, &part.group)?;
    Ok(Joined::Complete(Complete { claim: mine, ends, structure: structure.and_then(json) }))
}

fn ends(connection: &Connection, group: &str) -> rusqlite::Result<Vec<MemberEnd>> {
    let mut statement = connection.prepare_cached(
        "SELECT task_id, state, result FROM chord_end WHERE gid = ?1 ORDER BY place, task_id",
    )?;
    let rows = statement.query_map([group], |row| {
        let (id, state, result): (String, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(MemberEnd {
            task_id: TaskId::from(id),
            state: State::parse(&state),
            result: json(result).unwrap_or_else(|| RawValue::NULL.to_owned()),
        })
    })?;
    rows.collect()
}

fn json(bytes: Vec<u8>) -> Option<Box<RawValue>> {
    serde_json::from_slice(&bytes).ok()
}
