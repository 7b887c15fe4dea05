//! Reading history back: the narrow columns of everything at start, later whole rows by key.

use super::{
    Attempt, Brief, Closing, Marks, Moment, NOTHING, OTHER, Phase, TaskRecord, TaskStory, TimelineEntry,
    Word, Words, pack,
};
use crate::protocol::{State, TaskId};
use bytes::Bytes;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};
use std::sync::Arc;

/// What the monitor keeps in memory of each task.
#[derive(Debug)]
pub struct Narrow<'a> {
    pub seq: u64,
    pub id: &'a str,
    pub phase: Phase,
    pub name: u16,
    pub queue: u16,
    pub worker: u16,
    pub created: i64,
    pub runtime: Option<f64>,
    pub eta: Option<i64>,
}

/// A task history knows no end of.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfinished {
    pub seq: u64,
    pub id: TaskId,
    /// Whether an attempt of it is known to have ended.
    pub tried: bool,
}

/// Numbers the words as they were numbered before.
pub fn words(connection: &Connection) -> rusqlite::Result<Words> {
    let words = Words::default();
    let mut statement = connection.prepare("SELECT text FROM word ORDER BY number")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        words.intern(text(row, 0)?.unwrap_or_default());
    }
    Ok(words)
}

/// Walks over all tasks in the order they were first seen.
pub fn scan(connection: &Connection, mut see: impl FnMut(Narrow<'_>)) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(
        "SELECT seq, id, phase, name, queue, worker, created, runtime, eta FROM task ORDER BY seq",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let number = |place| match row.get_ref(place) {
            Ok(ValueRef::Integer(number)) => u16::try_from(number).unwrap_or(OTHER),
            Ok(ValueRef::Text(_)) => OTHER,
            _ => NOTHING,
        };
        see(Narrow {
            seq: row.get::<_, i64>(0)? as u64,
            id: text(row, 1)?.unwrap_or_default(),
            phase: Phase::from_number(row.get(2)?).unwrap_or_default(),
            name: number(3),
            queue: number(4),
            worker: number(5),
            created: row.get(6)?,
            runtime: row.get(7)?,
            eta: row.get(8)?,
        });
    }
    Ok(())
}

const TASK: &str = "SELECT seq, id, phase, name, queue, worker, created, runtime, eta, retries, sent, received, started,
    told, closed, finished, events, custom, expires, priority, parent, root, retry_of, args, kwargs, result, exception,
    meta, body_size FROM task WHERE seq = ?";

/// The tasks with these keys, as far as they exist, in the order asked for.
pub fn tasks(connection: &Connection, seqs: &[u64], words: &Words) -> rusqlite::Result<Vec<TaskRecord>> {
    let mut statement = connection.prepare_cached(TASK)?;
    let mut found = Vec::with_capacity(seqs.len());
    for seq in seqs {
        let task = statement.query_row([*seq as i64], |row| task(row, words)).optional()?;
        found.extend(task);
    }
    Ok(found)
}

/// Which of the tasks with these keys exist, and whether they have been tried before. Reads next to nothing of each.
pub fn unfinished(connection: &Connection, seqs: &[u64]) -> rusqlite::Result<Vec<Unfinished>> {
    let mut statement =
        connection.prepare_cached("SELECT id, retries > 0 OR closed IS NOT NULL FROM task WHERE seq = ?")?;
    let mut found = Vec::with_capacity(seqs.len());
    for seq in seqs {
        let task = statement.query_row([*seq as i64], |row| {
            let id = TaskId::from(text(row, 0)?.unwrap_or_default());
            Ok(Unfinished { seq: *seq, id, tried: row.get(1)? })
        });
        found.extend(task.optional()?);
    }
    Ok(found)
}

/// How the tasks with these keys stand, as far as they exist. Reads next to nothing of each.
pub fn briefs(connection: &Connection, seqs: &[u64]) -> rusqlite::Result<Vec<Brief>> {
    let mut statement =
        connection.prepare_cached("SELECT id, phase, runtime, eta FROM task WHERE seq = ?")?;
    let mut found = Vec::with_capacity(seqs.len());
    for seq in seqs {
        let task = statement.query_row([*seq as i64], |row| {
            Ok(Brief {
                id: TaskId::from(text(row, 0)?.unwrap_or_default()),
                standing: Phase::from_number(row.get(1)?).unwrap_or_default(),
                runtime: row.get(2)?,
                eta: row.get(3)?,
            })
        });
        found.extend(task.optional()?);
    }
    Ok(found)
}

/// Everything about one task.
pub fn story(connection: &Connection, seq: u64, words: &Words) -> rusqlite::Result<Option<TaskStory>> {
    let Some(record) = tasks(connection, &[seq], words)?.pop() else { return Ok(None) };
    let (first, body): (Option<Vec<u8>>, Option<Vec<u8>>) = connection
        .prepare_cached("SELECT timeline, body FROM task WHERE seq = ?")?
        .query_row([seq as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut timeline: Vec<TimelineEntry> = Vec::new();
    pack::read(first.as_deref().unwrap_or_default(), words, &mut timeline);
    let mut later = connection.prepare_cached("SELECT pack FROM event WHERE task = ? ORDER BY part")?;
    let mut rows = later.query([seq as i64])?;
    while let Some(row) = rows.next()? {
        pack::read(row.get_ref(0)?.as_blob().unwrap_or_default(), words, &mut timeline);
    }
    timeline.sort_by_key(|entry| entry.at);
    let attempts = connection
        .prepare_cached(
            "SELECT number, phase, worker, started, finished, runtime, exception, traceback FROM attempt
             WHERE task = ? ORDER BY number",
        )?
        .query_map([seq as i64], |row| attempt(row, words))?
        .collect::<rusqlite::Result<_>>()?;
    let retried_as = connection
        .prepare_cached("SELECT id FROM task WHERE retry_of = ? ORDER BY seq LIMIT 100")?
        .query_map([record.id.as_str()], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut story =
        TaskStory { record: Arc::new(record), body: body.map(Bytes::from), attempts, timeline, retried_as };
    complete(&mut story);
    Ok(Some(story))
}

/// Adds the attempt that has no row: the one under way, or the first when it succeeded.
fn complete(story: &mut TaskStory) {
    let record = &story.record;
    let has_row =
        story.attempts.iter().any(|attempt| attempt.number == record.retries && attempt.phase.is_final());
    let Some(started_at) = record.started_at().filter(|_| !has_row) else { return };
    story.attempts.retain(|attempt| attempt.number != record.retries);
    story.attempts.push(Attempt {
        number: record.retries,
        phase: record.standing(),
        worker: record.worker.clone(),
        started_at: Some(started_at),
        finished_at: record.finished_at(),
        runtime: record.finished_at().and(record.runtime),
        exception: None,
        traceback: None,
    });
}

fn task(row: &Row<'_>, words: &Words) -> rusqlite::Result<TaskRecord> {
    let phase = Phase::from_number(row.get(2)?).unwrap_or_default();
    let moment = |place| {
        row.get::<_, Option<i64>>(place).map(|micros| micros.map(|micros| Moment { micros, clock: 0 }))
    };
    let id = |place| -> rusqlite::Result<Option<TaskId>> { Ok(text(row, place)?.map(TaskId::from)) };
    let repr = |place| -> rusqlite::Result<Option<Arc<str>>> { Ok(text(row, place)?.map(Arc::from)) };
    let finished = moment(15)?;
    let ended = |end| finished.filter(|_| phase == end);
    let closing = match phase {
        Phase::Retry => Closing::Retried,
        Phase::Rejected => Closing::Rejected,
        _ => Closing::Requeued,
    };
    let custom = repr(17)?;
    let described = [moment(10)?, moment(11)?].into_iter().flatten().max().unwrap_or_default();
    Ok(TaskRecord {
        seq: row.get::<_, i64>(0)? as u64,
        id: TaskId::from(text(row, 1)?.unwrap_or_default()),
        state: match (phase, &custom) {
            (Phase::Progress, word) => State::Custom(word.clone().unwrap_or_else(|| Arc::from("PROGRESS"))),
            (phase, _) => State::parse(phase.as_str()),
        },
        name: word(row, 3, words)?,
        queue: word(row, 4, words)?,
        worker: word(row, 5, words)?,
        created: row.get(6)?,
        marks: Marks {
            sent: moment(10)?,
            received: moment(11)?,
            started: moment(12)?,
            told: moment(13)?,
            closed: moment(14)?.map(|moment| (moment, closing)),
            succeeded: ended(Phase::Success),
            failed: ended(Phase::Failure),
            revoked: ended(Phase::Revoked),
        },
        runtime: row.get(7)?,
        retries: row.get(9)?,
        args: repr(23)?,
        kwargs: repr(24)?,
        result: repr(25)?,
        exception: repr(26)?,
        meta: repr(27)?,
        eta: row.get(8)?,
        expires: row.get(18)?,
        priority: row.get(19)?,
        parent_id: id(20)?,
        root_id: id(21)?,
        retry_of: id(22)?,
        body_size: row.get::<_, Option<i64>>(28)?.and_then(|size| u64::try_from(size).ok()),
        events: row.get(16)?,
        told: custom,
        described,
    })
}

fn attempt(row: &Row<'_>, words: &Words) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        number: row.get(0)?,
        phase: Phase::from_number(row.get(1)?).unwrap_or_default(),
        worker: word(row, 2, words)?,
        started_at: row.get(3)?,
        finished_at: row.get(4)?,
        runtime: row.get(5)?,
        exception: text(row, 6)?.map(Arc::from),
        traceback: text(row, 7)?.map(Arc::from),
    })
}

fn word(row: &Row<'_>, place: usize, words: &Words) -> rusqlite::Result<Option<Word>> {
    Ok(match row.get_ref(place)? {
        ValueRef::Integer(number) => u16::try_from(number).ok().and_then(|number| words.get(number)),
        ValueRef::Text(text) => Some(Word::unnumbered(&String::from_utf8_lossy(text))),
        _ => None,
    })
}

fn text<'a>(row: &'a Row<'_>, place: usize) -> rusqlite::Result<Option<&'a str>> {
    Ok(row.get_ref(place)?.as_str_or_null()?)
}
