//! What an end means: which result, which verdict for the message, which event.

use super::{End, Finished};
use crate::broker::Verdict;
use crate::protocol::time::{self, to_epoch};
use crate::protocol::{EventKind, Exception, Headers, Message, ResultMeta, State, TaskId, repr, result};
use crate::task::{Outcome, Retry, TaskError, TaskOptions};
use crate::worker::{Shared, canvas};
use chrono::{DateTime, Utc};
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::Duration;

pub(super) struct Ended {
    pub(super) meta: Option<ResultMeta>,
    pub(super) verdict: Verdict,
    pub(super) event: Option<EventKind>,
    /// What follows the task.
    pub(super) follow: Option<Box<canvas::Follow>>,
}

pub(super) fn conclude(shared: &Shared, finished: Finished, now: DateTime<Utc>) -> Ended {
    let Finished { delivery, end, runtime, children } = finished;
    let mut ended = meaning(shared, delivery.message, end, runtime, now);
    let follows = ended.follow.as_deref().map_or(&[][..], canvas::Follow::children);
    if let Some(meta) = &mut ended.meta
        && !(children.is_empty() && follows.is_empty())
    {
        meta.children = Some(canvas::children(&children, follows));
    }
    ended
}

fn meaning(
    shared: &Shared,
    message: Message,
    end: End,
    runtime: Option<Duration>,
    now: DateTime<Utc>,
) -> Ended {
    let uuid = message.headers.id.clone();
    let name = message.headers.task.as_str();
    let seconds = runtime.map(|runtime| runtime.as_secs_f64());
    match end {
        End::Outcome(Outcome::Success(value)) => {
            let follow = match canvas::success(shared, &message, &value, now) {
                Ok(follow) => follow,
                Err(error) => return failed_with(shared, &message, &error, None, now),
            };
            tracing::debug!(task.name = name, task.id = %uuid, runtime = seconds, "task succeeded");
            let event = EventKind::TaskSucceeded { uuid, result: repr_of(&value), runtime: seconds };
            Ended {
                meta: keep(shared, &message, State::Success, value, None, now),
                verdict: Verdict::Ack,
                event: Some(event),
                follow,
            }
        }
        End::Outcome(Outcome::Failure(error)) => failed(shared, &message, &error, now),
        End::Outcome(Outcome::Retry(retry)) => retried(shared, message, retry, now),
        End::Outcome(Outcome::Ignore) => {
            tracing::info!(task.name = name, task.id = %uuid, "task ignored");
            let event = EventKind::TaskSucceeded { uuid, result: "None".to_owned(), runtime: seconds };
            Ended { meta: None, verdict: Verdict::Ack, event: Some(event), follow: None }
        }
        End::Outcome(Outcome::Reject { requeue: true }) => {
            tracing::warn!(task.name = name, task.id = %uuid, "task rejected and put back into its queue");
            let event = EventKind::TaskRejected { uuid, requeue: true };
            Ended { meta: None, verdict: Verdict::Requeue, event: Some(event), follow: None }
        }
        End::Outcome(Outcome::Reject { requeue: false }) => {
            let error =
                Exception::new("celery.exceptions", "Reject", json!(["the task refused its message", false]));
            failed_with(shared, &message, &error, None, now)
        }
        End::Terminated { signal } => {
            tracing::info!(task.name = name, task.id = %uuid, signal, "task terminated");
            revoked(shared, &message, "terminated", Some(signal), now)
        }
        End::Revoked => {
            tracing::info!(task.name = name, task.id = %uuid, "discarding revoked task");
            revoked(shared, &message, "revoked", None, now)
        }
        End::Expired => {
            tracing::info!(task.name = name, task.id = %uuid, "discarding expired task");
            revoked(shared, &message, "expired", None, now)
        }
        End::TimeLimit(limit) => {
            let error =
                Exception::new("billiard.exceptions", "TimeLimitExceeded", json!([limit.as_secs_f64()]));
            failed_with(shared, &message, &error, None, now)
        }
        End::Undecodable(reason) => {
            let error = Exception::new("kombu.exceptions", "DecodeError", json!([reason]));
            failed_with(shared, &message, &error, None, now)
        }
        End::Unknown => failed_with(shared, &message, &Exception::not_registered(name), None, now),
        End::GivenBack => {
            tracing::info!(task.name = name, task.id = %uuid, "task given back unfinished");
            Ended {
                meta: None,
                verdict: Verdict::Release,
                event: Some(EventKind::TaskCancelled { uuid }),
                follow: None,
            }
        }
        End::Hold(until) => {
            Ended { meta: None, verdict: Verdict::Hold { until, replace: None }, event: None, follow: None }
        }
    }
}

fn failed(shared: &Shared, message: &Message, error: &TaskError, now: DateTime<Utc>) -> Ended {
    failed_with(shared, message, &error.to_exception(), Some(error.traceback()), now)
}

fn failed_with(
    shared: &Shared,
    message: &Message,
    error: &Exception,
    traceback: Option<String>,
    now: DateTime<Utc>,
) -> Ended {
    let headers = &message.headers;
    tracing::error!(task.name = headers.task, task.id = %headers.id, %error, "task failed");
    let event = EventKind::TaskFailed {
        uuid: headers.id.clone(),
        exception: error.to_string(),
        traceback: traceback.clone(),
    };
    let follow = canvas::failure(shared, message, error, traceback.as_deref(), now);
    let meta = keep(shared, message, State::Failure, raw(error), traceback, now);
    Ended { meta, verdict: Verdict::Ack, event: Some(event), follow }
}

fn revoked(
    shared: &Shared,
    message: &Message,
    reason: &str,
    signal: Option<i32>,
    now: DateTime<Utc>,
) -> Ended {
    let event = EventKind::TaskRevoked {
        uuid: message.headers.id.clone(),
        terminated: signal.is_some(),
        signum: signal.map(|signal| signal.to_string()),
        expired: reason == "expired",
    };
    let error = raw(&Exception::revoked(reason));
    let follow = canvas::revoked(message, &error);
    let meta = keep(shared, message, State::Revoked, error, None, now);
    Ended { meta, verdict: Verdict::Ack, event: Some(event), follow }
}

/// A retry is the same message, held until it is due, in one step with giving up the old one: nothing can get lost
/// in between.
fn retried(shared: &Shared, message: Message, retry: Retry, now: DateTime<Utc>) -> Ended {
    let headers = &message.headers;
    let defaults = TaskOptions::default();
    let registered = shared.tasks.get(&headers.task).map(Arc::clone);
    let options = registered.as_ref().map_or(&defaults, |task| &task.options);
    if !retry.is_allowed(headers.retries, options) {
        return match retry.into_cause() {
            Some(cause) => failed(shared, &message, &cause, now),
            None => {
                let sentence = format!(
                    "Can't retry {}[{}] args:{} kwargs:{}",
                    headers.task, headers.id, headers.argsrepr, headers.kwargsrepr
                );
                failed_with(shared, &message, &Exception::max_retries_exceeded(sentence), None, now)
            }
        };
    }
    let until = retry.due(now, options);
    let (exception, traceback) = match retry.cause_ref() {
        Some(cause) => (Some(cause.to_exception()), Some(cause.traceback())),
        None => (None, None),
    };
    let shown = exception.as_ref().map_or_else(|| "None".to_owned(), ToString::to_string);
    tracing::info!(task.name = headers.task, task.id = %headers.id, due = %until, cause = shown, "task will be retried");
    let stored = exception.as_ref().map_or_else(result::null, raw);
    let meta = keep(shared, &message, State::Retry, stored, traceback.clone(), now);
    let event = EventKind::TaskRetried {
        uuid: headers.id.clone(),
        exception: shown,
        traceback,
        eta: Some(to_epoch(until)),
    };
    let mut next = message;
    next.headers.retries += 1;
    next.headers.eta = Some(until);
    Ended {
        meta,
        verdict: Verdict::Hold { until, replace: Some(Box::new(next)) },
        event: Some(event),
        follow: None,
    }
}

/// The result to store, or none where nobody wants it.
fn keep(
    shared: &Shared,
    message: &Message,
    state: State,
    value: Box<RawValue>,
    traceback: Option<String>,
    now: DateTime<Utc>,
) -> Option<ResultMeta> {
    let headers = &message.headers;
    if ignores_result(shared, headers) {
        return None;
    }
    let mut meta = ResultMeta::new(headers.id.clone(), state, value);
    meta.children = Some(RawValue::from_string("[]".to_owned()).expect("an empty list is JSON"));
    meta.date_done = meta.status.is_ready().then(|| time::format(now));
    meta.traceback = traceback;
    // Who it was, for whoever finds the result and nothing else.
    meta.name = Some(headers.task.clone());
    meta.worker = Some(shared.speaker.hostname().to_owned());
    meta.retries = Some(headers.retries);
    meta.queue = Some(message.queue.clone());
    meta.group_id.clone_from(&headers.group);
    meta.parent_id = headers.parent_id.clone().filter(|parent: &TaskId| *parent != headers.id);
    Some(meta)
}

/// The sender's word counts before the author's.
fn ignores_result(shared: &Shared, headers: &Headers) -> bool {
    headers
        .ignore_result
        .unwrap_or_else(|| shared.tasks.get(&headers.task).is_some_and(|task| task.options.ignore_result))
}

fn raw(error: &Exception) -> Box<RawValue> {
    result::raw(error).expect("exceptions always serialise")
}

/// The result as Python would show it. Small plain values, the common case, are not parsed for it.
fn repr_of(value: &RawValue) -> String {
    match value.get() {
        "null" => "None".to_owned(),
        text if text.bytes().all(|b| b.is_ascii_digit()) => text.to_owned(),
        text => repr::repr_of_json(text),
    }
}
