//! What a crash took from history is told again from the results.
//!
//! A result is on the disk before its event is told, and history is written some moments after that. So after a crash
//! there can be tasks that look as if they were still at work, although their results are stored and nothing will ever
//! be heard of them again. At each start, before the worker can say anything new of them, the missing events are told
//! in the results' stead, and the monitor folds them as it folds all others.
//!
//! A task without a stored result is left as it is: either it still waits or it will run again, and then its events
//! follow, or nobody wanted its result, and then nobody knows how it ended.

mod unheard;

use super::parts::Parts;
use crate::broker::BrokerError;
use crate::bus::Speaker;
use crate::clock::{SharedClock, epoch};
use crate::monitor::{HistoryError, Monitor};
use crate::protocol::repr::repr_of_json;
use crate::protocol::{EventKind, Exception, ResultMeta, State, time};
use crate::results::{ResultError, ResultStore};
use std::sync::Arc;

/// Tasks looked at in one step.
const STEP: usize = 500;

#[derive(Debug, thiserror::Error)]
enum ReconcileError {
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error(transparent)]
    Results(#[from] ResultError),
    #[error(transparent)]
    Broker(#[from] BrokerError),
}

/// Tells what history has missed. It is history alone that suffers when this fails, so a start goes on without it.
pub(super) async fn reconcile(monitor: &Monitor, parts: &Parts, body_limit: usize) {
    match tell_all(monitor, parts, body_limit).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(tasks = count, "completed history from stored messages and results"),
        Err(error) => tracing::warn!(%error, "failed to complete history from stored messages and results"),
    }
}

async fn tell_all(monitor: &Monitor, parts: &Parts, body_limit: usize) -> Result<usize, ReconcileError> {
    let ended = tell_missing(monitor, &*parts.seams.results, &parts.clock).await?;
    // On Redis nobody can tell which messages and results are new; only embedded ones lie in their order.
    let Some(embedded) = &parts.seams.embedded else { return Ok(ended) };
    let waiting = unheard::messages(monitor, parts, embedded, body_limit).await?;
    let finished = unheard::results(monitor, parts, embedded).await?;
    Ok(ended + waiting + finished)
}

/// Returns of how many tasks something was told.
async fn tell_missing(
    monitor: &Monitor,
    results: &dyn ResultStore,
    clock: &SharedClock,
) -> Result<usize, ReconcileError> {
    // In nobody's name: these are no signs of life, and the task keeps the worker it is known to have had.
    let nobody = Speaker::new("", Arc::clone(clock));
    let (mut place, mut told) = (0, 0);
    loop {
        let tasks = monitor.unfinished(place, STEP).await?;
        let Some(last) = tasks.last() else { return Ok(told) };
        place = last.seq;
        let stored = results.get(tasks.iter().map(|task| task.id.clone()).collect()).await?;
        let events = tasks.iter().zip(stored).filter_map(|(task, meta)| {
            let (done, kind) = missed(task.tried, meta?)?;
            Some(nobody.event_at(done.unwrap_or_else(|| epoch(&**clock)), kind))
        });
        let events: Vec<_> = events.collect();
        told += events.len();
        monitor.tell(events).await;
    }
}

/// What the stored result knows and history does not, and when it happened, where the result tells. `tried` tells
/// whether an attempt of the task has ended before.
pub(super) fn missed(tried: bool, meta: ResultMeta) -> Option<(Option<f64>, EventKind)> {
    // The result does not tell which attempt it is of: only before the first one ended there is no doubt.
    if meta.status == State::Retry && tried { None } else { end_of(meta) }
}

/// The event that was told, or should have been, when this result was stored.
fn end_of(meta: ResultMeta) -> Option<(Option<f64>, EventKind)> {
    let uuid = meta.task_id.clone();
    let error = meta.exception();
    let shown = |error: Option<&Exception>| {
        error.map_or_else(|| repr_of_json(meta.result.get()), ToString::to_string)
    };
    let kind = match meta.status {
        State::Success => {
            EventKind::TaskSucceeded { uuid, result: repr_of_json(meta.result.get()), runtime: None }
        }
        State::Failure => {
            EventKind::TaskFailed { uuid, exception: shown(error.as_ref()), traceback: meta.traceback }
        }
        State::Revoked => {
            let reason = error.map(|error| error.message()).unwrap_or_default();
            let terminated = reason == "terminated";
            let signum = terminated.then(|| "15".to_owned());
            EventKind::TaskRevoked { uuid, terminated, signum, expired: reason == "expired" }
        }
        State::Rejected => EventKind::TaskRejected { uuid, requeue: false },
        State::Retry => {
            let exception = shown(error.as_ref());
            EventKind::TaskRetried { uuid, exception, traceback: meta.traceback, eta: None }
        }
        _ => return None,
    };
    let done = meta.date_done.as_deref().and_then(time::parse);
    Some((done.map(time::to_epoch), kind))
}
