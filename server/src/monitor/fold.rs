//! The rules by which events make a task's picture. Pure: the same events draw the same picture in any order.
//!
//! Celery folds events as they arrive and lets precedence decide (`SUCCESS > FAILURE > custom > REVOKED > STARTED >
//! RECEIVED > REJECTED > RETRY > PENDING`), with the exception that `RETRY` may move either way, which makes the
//! outcome depend on the order of arrival. We keep *when* each kind of thing last happened ([`Marks`]) and derive the
//! state from that. Within one attempt precedence decides, as in Celery; an attempt's end (a retry, a rejection, a
//! return to the queue) outranks whatever happened before it and nothing that happened after it.
//!
//! Two more differences, because people look at this: a revoked task is revoked even when it had told of its progress
//! (to Celery's monitor it would look busy for ever), and a task that starts again after its worker was lost does not
//! keep the progress of the lost run.

use super::change::{Finish, TaskChange};
use crate::protocol::event::EventKind;
use crate::protocol::{State, TaskInfo};
use crate::store::history::text::{self, cut};
use crate::store::history::{Attempt, Closing, Marks, Moment, Phase, TaskRecord, TimelineKind, Word, Words};
use std::sync::Arc;

/// Folds one task event into the task's picture. `worker` is the sender, unless that is a client or a stored result.
pub(crate) fn fold(
    record: &mut TaskRecord,
    kind: &EventKind,
    moment: Moment,
    worker: Option<&Word>,
    words: &Words,
) -> TaskChange {
    let was = record.standing();
    let mut change = TaskChange::default();
    if is_known(record, kind, worker) {
        return change;
    }
    if worker.is_some() && record.marks.latest().is_none_or(|latest| moment >= latest) {
        record.worker = worker.cloned();
    }
    record.created = record.created.min(moment.micros);
    let entry = match kind {
        EventKind::TaskSent(info) => {
            describe(record, info, moment, words, &mut change);
            mark(&mut record.marks.sent, moment).then_some((TimelineKind::Sent, String::new()))
        }
        EventKind::TaskReceived(info) => {
            describe(record, info, moment, words, &mut change);
            mark(&mut record.marks.received, moment).then_some((TimelineKind::Received, String::new()))
        }
        EventKind::TaskStarted { .. } => {
            mark(&mut record.marks.started, moment).then_some((TimelineKind::Started, String::new()))
        }
        EventKind::TaskSucceeded { result, runtime, .. } => {
            let again = is_same_end(&record.marks, record.marks.succeeded, moment);
            let news = mark(&mut record.marks.succeeded, moment);
            if news {
                record.result = Some(Arc::from(cut(result, text::REPR)));
                record.runtime = sane_runtime(*runtime).or_else(|| ran(record, moment));
            }
            (news && !again).then(|| {
                if record.retries > 0 {
                    change.attempt = Some(attempt(record, Phase::Success, moment, None, None));
                }
                (TimelineKind::Succeeded, String::new())
            })
        }
        EventKind::TaskFailed { exception, traceback, .. } => {
            let again = is_same_end(&record.marks, record.marks.failed, moment);
            (mark(&mut record.marks.failed, moment) && !again).then(|| {
                set_runtime(record, moment);
                record.exception = Some(Arc::from(cut(exception, text::REPR)));
                change.attempt =
                    Some(attempt(record, Phase::Failure, moment, Some(exception), traceback.as_deref()));
                (TimelineKind::Failed, exception.clone())
            })
        }
        EventKind::TaskRetried { exception, traceback, eta, .. } => close(record, moment, Closing::Retried)
            .then(|| {
                set_runtime(record, moment);
                change.retried = true;
                change.attempt = Some(retried(record, moment, exception, traceback.as_deref()));
                if let Some(eta) = eta.and_then(seconds_to_millis) {
                    record.eta = Some(eta);
                }
                (TimelineKind::Retried, exception.clone())
            }),
        EventKind::TaskRejected { requeue, .. } => {
            let closing = if *requeue { Closing::Requeued } else { Closing::Rejected };
            close(record, moment, closing).then(|| {
                if !requeue {
                    change.attempt = Some(attempt(record, Phase::Rejected, moment, None, None));
                }
                let remark = if *requeue { "back to the queue" } else { "" };
                (TimelineKind::Rejected, remark.to_owned())
            })
        }
        EventKind::TaskCancelled { .. } => close(record, moment, Closing::Requeued)
            .then(|| (TimelineKind::Cancelled, "back to the queue".to_owned())),
        EventKind::TaskRevoked { terminated, signum, expired, .. } => mark(&mut record.marks.revoked, moment)
            .then(|| {
                if record.started_at().is_some() {
                    set_runtime(record, moment);
                    change.attempt = Some(attempt(record, Phase::Revoked, moment, None, None));
                }
                let remark = match (expired, terminated, signum) {
                    (true, _, _) => "expired".to_owned(),
                    (false, true, Some(signal)) => format!("terminated by {signal}"),
                    (false, true, None) => "terminated".to_owned(),
                    (false, false, _) => String::new(),
                };
                (TimelineKind::Revoked, remark)
            }),
        EventKind::TaskCustom { state, meta, .. } => mark(&mut record.marks.told, moment).then(|| {
            let word = told_word(state);
            if record.marks.told == Some(moment) {
                record.told = Some(Arc::from(word));
                record.meta = told_meta(meta);
            }
            (TimelineKind::Custom, word.to_owned())
        }),
        EventKind::WorkerOnline(_)
        | EventKind::WorkerHeartbeat(_)
        | EventKind::WorkerOffline(_)
        | EventKind::Other { .. } => None,
    };
    record.state = standing(&record.marks, record.told.as_ref());
    if record.state == State::Success {
        record.exception = None;
    }
    let now = record.standing();
    change.finished = (now != was).then(|| Finish::of(now)).flatten();
    change.entry = entry.map(|(kind, remark)| (kind, cut(&remark, text::REMARK).to_owned()));
    change
}

/// Whether a stored result, which speaks in nobody's name, repeats an end that is known. Events tell more of it.
fn is_known(record: &TaskRecord, kind: &EventKind, worker: Option<&Word>) -> bool {
    let marks = &record.marks;
    worker.is_none()
        && match kind {
            EventKind::TaskSucceeded { .. } => marks.succeeded.is_some(),
            EventKind::TaskFailed { .. } => marks.failed.is_some(),
            EventKind::TaskRevoked { .. } => marks.revoked.is_some(),
            _ => false,
        }
}

/// Whether the attempt has ended like this already: Celery tells twice of a task that ran out of its hard time limit,
/// and an event may come after its result was looked at.
fn is_same_end(marks: &Marks, before: Option<Moment>, moment: Moment) -> bool {
    let Some(before) = before else { return false };
    let (first, last) = if before < moment { (before, moment) } else { (moment, before) };
    let between = |mark: Option<Moment>| mark.is_some_and(|mark| first < mark && mark < last);
    !between(marks.received) && !between(marks.started)
}

/// Whether the task is known to have told this of itself last.
pub(crate) fn has_told(record: &TaskRecord, state: &State, meta: &serde_json::Value) -> bool {
    let current = record.marks.told > record.marks.closed.map(|(end, _)| end);
    current && record.told.as_deref() == Some(told_word(state)) && record.meta == told_meta(meta)
}

/// The state that follows from what happened when.
fn standing(marks: &Marks, told: Option<&Arc<str>>) -> State {
    if marks.succeeded.is_some() {
        return State::Success;
    }
    if marks.failed.is_some() {
        return State::Failure;
    }
    if marks.revoked.is_some() {
        return State::Revoked;
    }
    let current =
        |mark: Option<Moment>| mark.filter(|moment| marks.closed.is_none_or(|(end, _)| *moment > end));
    let started = current(marks.started);
    if let (Some(moment), Some(word)) = (current(marks.told), told)
        && started.is_none_or(|started| moment >= started)
    {
        return State::Custom(Arc::clone(word));
    }
    if started.is_some() {
        return State::Started;
    }
    if current(marks.received).is_some() {
        return State::Received;
    }
    match marks.closed {
        Some((_, Closing::Retried)) => State::Retry,
        Some((_, Closing::Rejected)) => State::Rejected,
        Some((_, Closing::Requeued)) | None => State::Pending,
    }
}

/// Takes over what `task-sent` or `task-received` tells. The later of two tellers is right where they differ; the
/// earlier one still fills what the later one left open.
fn describe(
    record: &mut TaskRecord,
    info: &TaskInfo,
    moment: Moment,
    words: &Words,
    change: &mut TaskChange,
) {
    let newest = moment >= record.described;
    if newest {
        record.described = moment;
    }
    fn fill<T>(place: &mut Option<T>, newest: bool, value: Option<T>) {
        if value.is_some() && (newest || place.is_none()) {
            *place = value;
        }
    }
    let known = |text: &str| !text.is_empty();
    fill(&mut record.name, newest, known(&info.name).then(|| words.intern(&info.name)));
    fill(&mut record.queue, newest, info.queue.as_deref().filter(|q| known(q)).map(|q| words.intern(q)));
    let repr = |text: &str| known(text).then(|| Arc::from(cut(text, text::REPR)));
    fill(&mut record.args, newest, repr(&info.args));
    fill(&mut record.kwargs, newest, repr(&info.kwargs));
    fill(&mut record.eta, newest, info.eta.and_then(seconds_to_millis));
    fill(&mut record.expires, newest, info.expires.and_then(seconds_to_millis));
    fill(&mut record.priority, newest, info.priority);
    let id = |id: &Option<crate::protocol::TaskId>| id.clone().filter(|id| id.as_str().len() <= text::ID);
    // Celery makes a task that is retried its own parent.
    fill(&mut record.parent_id, newest, id(&info.parent_id).filter(|parent| *parent != record.id));
    fill(&mut record.root_id, newest, id(&info.root_id));
    fill(&mut record.retry_of, newest, id(&info.retry_of));
    // A foreign worker may say that it received the message before its sender's word has come; it has no body to tell.
    let is_first_body = record.body_size.is_none();
    fill(&mut record.body_size, newest, info.body_size);
    record.retries = record.retries.max(info.retries);
    if newest || is_first_body {
        change.body.clone_from(&info.body);
    }
}

/// Books an attempt that will be repeated. A late teller speaks of an earlier attempt than the current one, and so does
/// one of Celery's workers that holds the next message already: it often says that it received this before it says why.
fn retried(record: &mut TaskRecord, moment: Moment, exception: &str, traceback: Option<&str>) -> Attempt {
    let started = record.marks.started.unwrap_or(moment);
    let late = record.marks.received.is_some_and(|received| received > moment || received > started);
    let number = if late { record.retries.saturating_sub(1) } else { record.retries };
    record.retries = record.retries.max(number.saturating_add(1));
    record.exception = Some(Arc::from(cut(exception, text::REPR)));
    let mut attempt = attempt(record, Phase::Retry, moment, Some(exception), traceback);
    attempt.number = number;
    attempt
}

fn attempt(
    record: &TaskRecord,
    phase: Phase,
    moment: Moment,
    exception: Option<&str>,
    traceback: Option<&str>,
) -> Attempt {
    let started = record.marks.started.filter(|started| *started <= moment);
    Attempt {
        number: record.retries,
        phase,
        worker: record.worker.clone(),
        started_at: started.map(Moment::millis),
        finished_at: Some(moment.millis()),
        runtime: if phase == Phase::Success { record.runtime } else { ran(record, moment) },
        exception: exception.map(|text| Arc::from(cut(text, text::REPR))),
        traceback: traceback.map(|text| Arc::from(cut(text, text::TRACEBACK))),
    }
}

/// Moves a mark forward. `false` for an event that was heard before.
fn mark(place: &mut Option<Moment>, moment: Moment) -> bool {
    if *place == Some(moment) {
        return false;
    }
    later(place, moment);
    true
}

fn later(place: &mut Option<Moment>, moment: Moment) {
    if place.is_none_or(|before| before < moment) {
        *place = Some(moment);
    }
}

fn close(record: &mut TaskRecord, moment: Moment, closing: Closing) -> bool {
    match record.marks.closed {
        Some((before, _)) if before == moment => false,
        Some((before, _)) if before > moment => true,
        _ => {
            record.marks.closed = Some((moment, closing));
            true
        }
    }
}

fn set_runtime(record: &mut TaskRecord, end: Moment) {
    if record.marks.succeeded.is_none()
        && let Some(seconds) = ran(record, end)
    {
        record.runtime = Some(seconds);
    }
}

fn ran(record: &TaskRecord, end: Moment) -> Option<f64> {
    let started = record.marks.started.filter(|started| *started <= end)?;
    sane_runtime(Some((end.micros - started.micros) as f64 / 1e6))
}

fn sane_runtime(seconds: Option<f64>) -> Option<f64> {
    seconds.filter(|seconds| (0.0..=1e9).contains(seconds))
}

/// Milliseconds of a moment told in seconds, unless that is nonsense.
pub(crate) fn seconds_to_millis(seconds: f64) -> Option<i64> {
    (seconds.is_finite() && (0.0..=1e11).contains(&seconds)).then_some((seconds * 1000.0) as i64)
}

fn told_word(state: &State) -> &str {
    cut(state.as_str(), 64)
}

fn told_meta(meta: &serde_json::Value) -> Option<Arc<str>> {
    (!meta.is_null()).then(|| bounded_json(meta))
}

fn bounded_json(meta: &serde_json::Value) -> Arc<str> {
    let whole = meta.to_string();
    if whole.len() <= text::META { Arc::from(whole) } else { Arc::from("{\"note\":\"too large to keep\"}") }
}
