//! What a stored result tells of a task beyond what history has seen: workers that send no events store results
//! all the same, and a Python task tells its progress nowhere else.

use super::result::cut;
use crate::monitor::{Moment, Phase, TaskRecord, TaskStory, Word};
use crate::protocol::{ResultMeta, State, time};
use std::sync::Arc;

/// Progress longer than this is cut, as history cuts it.
const LONGEST_META: usize = 64 * 1024;

/// A task of which only its result is known. `now` stands in for when it was heard of first.
pub(crate) fn story(meta: &ResultMeta, now: i64) -> TaskStory {
    let heard = done(meta).map_or(now.saturating_mul(1_000), |done| done.micros);
    let mut record = TaskRecord::new(0, meta.task_id.clone(), heard);
    complete(&mut record, meta);
    TaskStory {
        record: Arc::new(record),
        body: None,
        attempts: Vec::new(),
        timeline: Vec::new(),
        retried_as: Vec::new(),
    }
}

/// Fills in what the result knows better. History's own word about the end of a task stands.
pub(crate) fn complete(record: &mut TaskRecord, meta: &ResultMeta) {
    let standing = record.standing();
    if !standing.is_final() && is_newer(&meta.status, standing) {
        record.state = meta.status.clone();
        match meta.status {
            State::Success => record.marks.succeeded = done(meta),
            State::Failure => record.marks.failed = done(meta),
            State::Revoked => record.marks.revoked = done(meta),
            State::Custom(_) => record.meta = Some(cut(meta.result.get(), LONGEST_META).into()),
            _ => {}
        }
        if matches!(meta.status, State::Failure | State::Retry | State::Revoked) {
            record.exception = meta.exception().map(|exception| exception.to_string().into());
        }
    }
    let word = |text: &Option<String>| text.as_deref().map(Word::unnumbered);
    record.name = record.name.take().or_else(|| word(&meta.name));
    record.queue = record.queue.take().or_else(|| word(&meta.queue));
    record.worker = record.worker.take().or_else(|| word(&meta.worker));
    record.retries = record.retries.max(meta.retries.unwrap_or(0));
}

/// Whether the stored state is further on. What is stored may be left over from an earlier attempt, so a task that
/// runs is not taken back.
fn is_newer(stored: &State, standing: Phase) -> bool {
    match stored {
        State::Pending | State::Received => false,
        State::Started | State::Retry => matches!(standing, Phase::Pending | Phase::Received),
        _ => true,
    }
}

fn done(meta: &ResultMeta) -> Option<Moment> {
    let done = time::parse(meta.date_done.as_deref()?)?;
    Some(Moment { micros: done.timestamp_micros(), clock: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::TaskId;
    use serde_json::value::RawValue;

    fn meta(status: State, json: &str) -> ResultMeta {
        let raw = RawValue::from_string(json.to_owned()).expect("JSON");
        let mut meta = ResultMeta::new(TaskId::from("a"), status, raw);
        meta.date_done = Some("2026-11-20T08:00:00+00:00".to_owned());
        meta
    }

    fn record(state: State) -> TaskRecord {
        let mut record = TaskRecord::new(1, TaskId::from("a"), 0);
        record.state = state;
        record
    }

    #[test]
    fn an_end_nobody_told_of_is_taken_from_the_result() {
        let mut known = record(State::Pending);
        complete(&mut known, &meta(State::Success, "5"));
        assert_eq!(known.state, State::Success);
        assert_eq!(known.finished_at(), Some(1_795_161_600_000));
    }

    #[test]
    fn progress_stored_by_a_running_task_is_shown() {
        let mut known = record(State::Started);
        complete(&mut known, &meta(State::progress(), r#"{"current": 1, "total": 4}"#));
        assert_eq!(known.standing(), Phase::Progress);
        assert_eq!(known.meta.as_deref(), Some(r#"{"current": 1, "total": 4}"#));
    }

    #[test]
    fn what_history_knows_better_stays() {
        let mut known = record(State::Failure);
        complete(&mut known, &meta(State::Success, "5"));
        assert_eq!(known.state, State::Failure);
        let mut known = record(State::Started);
        complete(&mut known, &meta(State::Retry, "null"));
        assert_eq!(known.state, State::Started);
    }
}
