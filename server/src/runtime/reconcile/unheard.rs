//! Tasks that history has never heard of: they were confirmed, or even finished, in the last moments before a crash.
//!
//! They are the newest rows of their tables, so both are read from the end until a whole step brings nothing new.

use super::{ReconcileError, STEP, end_of};
use crate::bus::Speaker;
use crate::client::describe;
use crate::clock::epoch;
use crate::monitor::Monitor;
use crate::protocol::time::to_epoch;
use crate::protocol::{Event, EventKind, ResultMeta, TaskInfo};
use crate::runtime::embedded::Embedded;
use crate::runtime::parts::Parts;

/// Tells of messages that wait. Returns how many.
pub(super) async fn messages(
    monitor: &Monitor,
    parts: &Parts,
    embedded: &Embedded,
    body_limit: usize,
) -> Result<usize, ReconcileError> {
    let sender = Speaker::new("", parts.clock.clone());
    let (mut before, mut told) = (i64::MAX, 0);
    loop {
        let messages = embedded.broker.newest(before, STEP).await?;
        let Some((last, ..)) = messages.last() else { return Ok(told) };
        before = *last;
        let known = monitor.knows(messages.iter().map(|(_, _, message)| &message.headers.id));
        let unheard = messages.iter().zip(known).filter(|(_, known)| !known);
        let events: Vec<Event> = unheard
            .map(|((_, sent, message), _)| {
                let info = describe(message, body_limit);
                sender.event_at(to_epoch(*sent), EventKind::TaskSent(Box::new(info)))
            })
            .collect();
        if events.is_empty() {
            return Ok(told);
        }
        told += events.len();
        monitor.tell(events).await;
    }
}

/// Tells of results without a task. Returns how many.
pub(super) async fn results(
    monitor: &Monitor,
    parts: &Parts,
    embedded: &Embedded,
) -> Result<usize, ReconcileError> {
    let (mut before, mut told) = (i64::MAX, 0);
    loop {
        let results = embedded.results.newest(before, STEP).await?;
        let Some((last, _)) = results.last() else { return Ok(told) };
        before = *last;
        let known = monitor.knows(results.iter().map(|(_, meta)| &meta.task_id));
        let unheard = results.into_iter().zip(known).filter(|(_, known)| !known);
        let lives: Vec<Vec<Event>> = unheard.map(|((_, meta), _)| life_of(parts, meta)).collect();
        if lives.is_empty() {
            return Ok(told);
        }
        told += lives.len();
        monitor.tell(lives.into_iter().flatten().collect()).await;
    }
}

/// The little a result tells of its task: who ran it, and how it ended.
fn life_of(parts: &Parts, meta: ResultMeta) -> Vec<Event> {
    let worker = Speaker::new(meta.worker.as_deref().unwrap_or_default(), parts.clock.clone());
    let mut info = TaskInfo::new(meta.task_id.clone(), meta.name.clone().unwrap_or_default());
    info.queue.clone_from(&meta.queue);
    info.retries = meta.retries.unwrap_or_default();
    let Some((done, end)) = end_of(meta) else { return Vec::new() };
    let done = done.unwrap_or_else(|| epoch(&*parts.clock));
    vec![worker.event_at(done, EventKind::TaskReceived(Box::new(info))), worker.event_at(done, end)]
}
