//! Records how tasks ended: what follows sent, result stored, message settled, event told, in that order and in batches.
//!
//! A step that fails is tried again until it works: the message is still ours, and if we die on the way somebody
//! else will run the task again.

mod conclude;

use super::Shared;
use super::canvas;
use super::gate::Gate;
use crate::broker::{Delivery, Tag, Verdict};
use crate::protocol::{Event, EventKind, ResultMeta, TaskId};
use crate::task::{Outcome, Update};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Ends written in one step.
const BATCH: usize = 512;
/// Batches under way at the same time: where an answer is long in coming, the next ones do not wait for it.
const UNDER_WAY: usize = 4;
/// Ends that are worth a batch of their own while others are under way.
const WORTH: usize = 64;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A delivery that has come to an end here.
pub(super) struct Finished {
    pub(super) delivery: Delivery,
    pub(super) end: End,
    /// How long it ran; `None` when it never started.
    pub(super) runtime: Option<Duration>,
    /// The tasks it has sent.
    pub(super) children: Vec<TaskId>,
}

/// The ways a delivery can end.
pub(super) enum End {
    Outcome(Outcome),
    /// Stopped where it ran, because somebody asked for it.
    Terminated {
        signal: i32,
    },
    TimeLimit(Duration),
    Undecodable(String),
    /// Given back unfinished, because the worker stops.
    GivenBack,
    Hold(DateTime<Utc>),
    Revoked,
    Expired,
    Unknown,
}

impl End {
    pub(super) fn of_gate(gate: Gate) -> Self {
        match gate {
            Gate::Hold(until) => Self::Hold(until),
            Gate::Revoked => Self::Revoked,
            Gate::Expired => Self::Expired,
            // A verdict to run without a registered task does not occur; to the sender it is the same.
            Gate::Unknown | Gate::Run => Self::Unknown,
        }
    }
}

impl Finished {
    pub(super) fn without_run(delivery: Delivery, end: End) -> Self {
        Self { delivery, end, runtime: None, children: Vec::new() }
    }
}

pub(super) async fn run(
    shared: Arc<Shared>,
    mut finished: mpsc::Receiver<Finished>,
    mut updates: mpsc::Receiver<Update>,
    stop: CancellationToken,
) {
    let mut ends = Vec::with_capacity(BATCH);
    let mut reports = Vec::with_capacity(BATCH);
    let mut under_way = FuturesUnordered::new();
    loop {
        let is_worth_it = under_way.is_empty() || (ends.len() >= WORTH && under_way.len() < UNDER_WAY);
        if !ends.is_empty() && is_worth_it {
            under_way.push(settle(&shared, std::mem::replace(&mut ends, Vec::with_capacity(BATCH))));
        }
        let room = BATCH - ends.len();
        tokio::select! {
            // Reports first: a task's last report was sent before its end, and must not be told after it.
            biased;
            count = updates.recv_many(&mut reports, BATCH) => {
                if count > 0 {
                    report(&shared, reports.drain(..)).await;
                }
            }
            Some(()) = under_way.next() => {}
            count = finished.recv_many(&mut ends, room), if room > 0 => {
                while let Ok(update) = updates.try_recv() {
                    reports.push(update);
                }
                if count > 0 && !reports.is_empty() {
                    report(&shared, reports.drain(..)).await;
                }
            }
            // Told to stop only once nothing is in hand any more: what is under way has only to be told.
            () = stop.cancelled() => {
                while under_way.next().await.is_some() {}
                return;
            }
        }
    }
}

/// Stores the newest report of each task and tells all of them.
async fn report(shared: &Shared, updates: impl Iterator<Item = Update>) {
    let mut newest = HashMap::new();
    let mut events = Vec::new();
    for update in updates {
        let Update { id, state, meta } = update;
        let value = serde_json::from_str(meta.get()).unwrap_or_default();
        let kind = EventKind::TaskCustom { uuid: id.clone(), state: state.clone(), meta: value };
        events.push(shared.speaker.event(kind));
        newest.insert(id.clone(), ResultMeta::new(id, state, meta));
    }
    // A lost report is replaced by the next one; it is not worth holding results back for.
    if let Err(error) = shared.results.put(newest.into_values().collect()).await {
        tracing::warn!(%error, "failed to store progress");
    }
    shared.tell_of_tasks(events).await;
}

async fn settle(shared: &Shared, ends: Vec<Finished>) {
    let now = shared.clock.now();
    let mut metas: Vec<ResultMeta> = Vec::with_capacity(BATCH);
    let mut verdicts: Vec<(Tag, Verdict)> = Vec::with_capacity(BATCH);
    let mut events: Vec<Event> = Vec::with_capacity(BATCH);
    let mut follows = Vec::new();
    let timestamp = crate::protocol::time::to_epoch(now);
    for finished in ends {
        let tag = finished.delivery.tag;
        let ended = conclude::conclude(shared, finished, now);
        metas.extend(ended.meta);
        verdicts.push((tag, ended.verdict));
        events.extend(ended.event.map(|kind| shared.speaker.event_at(timestamp, kind)));
        if let Some(mut follow) = ended.follow {
            metas.extend(follow.take_failed());
            follows.push(*follow);
        }
    }
    let is_recorded = record(shared, metas, follows, &verdicts).await.is_some();
    shared.hand.remove(verdicts.iter().map(|(tag, _)| *tag));
    if is_recorded {
        shared.tell_of_tasks(events).await;
    }
}

/// Everything that must be done before anybody is told. `None` when the worker has to go before it is: then the
/// messages are not given up, and the tasks will run again.
async fn record(
    shared: &Shared,
    metas: Vec<ResultMeta>,
    mut follows: Vec<canvas::Follow>,
    verdicts: &[(Tag, Verdict)],
) -> Option<()> {
    if !follows.is_empty() {
        canvas::send(shared, &mut follows).await?;
    }
    if !metas.is_empty() {
        persist(shared, "store results", || shared.results.put(metas.clone())).await?;
    }
    if !follows.is_empty() {
        canvas::finish(shared, follows).await?;
    }
    persist(shared, "settle messages", || shared.broker.settle(verdicts.to_vec())).await
}

/// Tries until it works; `None` when the worker has to go without it.
pub(super) async fn persist<T, F, E>(shared: &Shared, what: &str, step: impl Fn() -> F) -> Option<T>
where
    F: Future<Output = Result<T, E>>,
    E: std::fmt::Display,
{
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match step().await {
            Ok(done) => return Some(done),
            Err(error) => error,
        };
        if shared.abandon.is_cancelled() {
            tracing::error!(%error, "failed to {what} while stopping; the tasks will run again");
            return None;
        }
        tracing::error!(%error, "failed to {what}; trying again");
        shared.clock.sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
