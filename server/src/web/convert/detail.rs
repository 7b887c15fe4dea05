//! A task with all that is known about it.

use super::progress::progress;
use super::{result, task};
use crate::monitor::{Attempt, TaskStory, TimelineEntry, TimelineKind};
use crate::protocol::{Body, ResultMeta, State};
use app::format::bytes as size;
use app::view::{self, Millis, TaskDetail};
use serde_json::Value;

/// The arguments in full, or why they are not known.
pub(crate) fn call(story: &TaskStory) -> Result<Body, String> {
    match (&story.body, story.record.body_size) {
        (Some(bytes), _) => Body::decode(bytes)
            .map_err(|_| "Its arguments are not JSON, so only their text is known.".to_owned()),
        (None, Some(bytes)) => {
            Err(format!("Its arguments are {} large, too large to be kept in full.", size(bytes)))
        }
        (None, None) if story.record.args.is_none() && story.record.kwargs.is_none() => {
            Err("Nobody has told its arguments.".to_owned())
        }
        (None, None) => Err("Only the text of its arguments is known, not the arguments in full.".to_owned()),
    }
}

/// Everything but whether it may be retried, which depends on more than the task.
pub(crate) fn detail(story: TaskStory, stored: Option<&ResultMeta>, now: Millis, seq: u64) -> TaskDetail {
    let record = &story.record;
    let row = task::row(record, now);
    let (args, kwargs, args_note) = match call(&story) {
        Ok(body) => (Some(Value::Array(body.args)), Some(Value::Object(body.kwargs)), None),
        Err(sentence) => (None, None, Some(sentence)),
    };
    let shown = result::shown(record, stored);
    let traceback = story.traceback().map(str::to_owned).or_else(|| stored?.traceback.clone());
    TaskDetail {
        args,
        kwargs,
        args_note,
        result: shown.value,
        result_note: shown.note,
        traceback,
        progress: record.meta.as_deref().filter(|_| matches!(record.state, State::Custom(_))).map(progress),
        received_at: record.received_at(),
        expires: record.expires,
        priority: record.priority,
        place: None,
        parent_id: record.parent_id.as_ref().map(ToString::to_string),
        root_id: record.root_id.as_ref().filter(|root| **root != record.id).map(ToString::to_string),
        retry_of: record.retry_of.as_ref().map(ToString::to_string),
        attempts: story.attempts.into_iter().map(attempt).collect(),
        timeline: story.timeline.into_iter().map(entry).collect(),
        retried_as: story.retried_as,
        can_cancel: !row.state.is_final(),
        retry_refusal: None,
        seq,
        now,
        row,
    }
}

fn attempt(attempt: Attempt) -> view::Attempt {
    view::Attempt {
        number: attempt.number,
        state: task::state(attempt.phase),
        worker: attempt.worker.map(|worker| worker.to_string()),
        started_at: attempt.started_at,
        finished_at: attempt.finished_at,
        runtime: attempt.runtime,
        exception: attempt.exception.map(|text| text.to_string()),
        traceback: attempt.traceback.map(|text| text.to_string()),
    }
}

fn entry(entry: TimelineEntry) -> view::TimelineEntry {
    let detail = entry.remark.map(|text| text.to_string());
    // A custom event is called after the state it tells, which its remark names.
    let kind = match (&detail, entry.kind) {
        (Some(word), TimelineKind::Custom) if is_word(word) => format!("task-{}", word.to_lowercase()),
        (_, kind) => kind.as_str().to_owned(),
    };
    view::TimelineEntry {
        at: entry.at,
        state: task::state(entry.kind.phase()),
        kind,
        worker: entry.worker.map(|worker| worker.to_string()),
        detail,
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte == b'-')
}
