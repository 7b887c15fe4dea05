//! What stored results tell of tasks of which no events tell it.
//!
//! `update_state(state="PROGRESS", ...)` of an unmodified Python task writes a result and says nothing. So the results
//! of what runs in the hands of Python's workers are looked at each second, in one command, and of what is said to
//! wait for long every few seconds: a worker without events may have finished it. Whatever a result knows better is
//! told to the monitor, as events in nobody's name. When no such tasks are known nothing is asked.

use super::reconcile::missed;
use crate::bus::Speaker;
use crate::clock::{SharedClock, epoch, millis};
use crate::monitor::{Monitor, Phase, TaskRecord, Unsettled, WorkerRecord, has_told};
use crate::protocol::{Event, EventKind, ResultMeta, State};
use crate::results::ResultStore;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often results of running tasks are looked at.
const TICK: Duration = Duration::from_secs(1);
/// Every how many ticks those of waiting tasks are.
const SLOWER: u64 = 5;
/// Tasks looked at in one tick, and those that wait.
const RUNNING: usize = 500;
const WAITING: usize = 2000;
/// How long, in milliseconds, the events of a task may take before its result is believed in their stead.
const GRACE: i64 = 5000;
/// More of what a task tells of its progress is not even read.
const META: usize = 64 * 1024;

pub(super) struct Progress {
    monitor: Monitor,
    results: Arc<dyn ResultStore>,
    clock: SharedClock,
    nobody: Speaker,
    /// The number of the last task looked at, among those that run and those that wait.
    running: u64,
    waiting: u64,
}

impl Progress {
    pub(super) fn new(monitor: Monitor, results: Arc<dyn ResultStore>, clock: SharedClock) -> Self {
        let nobody = Speaker::new("", Arc::clone(&clock));
        Self { monitor, results, clock, nobody, running: 0, waiting: 0 }
    }

    pub(super) async fn run(mut self, stop: CancellationToken) {
        let clock = Arc::clone(&self.clock);
        for tick in 0_u64.. {
            let look = async {
                self.running = self.look(Unsettled::Running, self.running, RUNNING).await;
                if tick % SLOWER == 0 {
                    let since_before = millis(&*self.clock) - GRACE;
                    let waiting = Unsettled::Waiting { since_before };
                    self.waiting = self.look(waiting, self.waiting, WAITING).await;
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = look => {}
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = clock.sleep(TICK) => {}
            }
        }
    }

    /// Looks at the results of the next tasks. Returns where to go on.
    async fn look(&self, which: Unsettled, after: u64, limit: usize) -> u64 {
        let tasks = match self.monitor.unsettled(which, after, limit).await {
            Ok(tasks) => tasks,
            Err(error) => {
                tracing::debug!(%error, "failed to read which tasks are under way");
                return after;
            }
        };
        // After the last one comes the first one again.
        let next = tasks.last().filter(|_| tasks.len() == limit).map_or(0, |task| task.seq);
        if tasks.is_empty() {
            return next;
        }
        // Looked up before the results, so that nothing is dated later than what happens meanwhile.
        let now = epoch(&*self.clock);
        let workers = self.monitor.workers();
        match self.results.get(tasks.iter().map(|task| task.id.clone()).collect()).await {
            Ok(stored) => {
                let known = tasks.iter().zip(stored).filter_map(|(task, meta)| Some((task, meta?)));
                let news = known.filter_map(|(task, meta)| self.news(task, meta, now, &workers));
                self.monitor.tell(news.collect()).await;
                next
            }
            // The store's own connection says what is wrong with it.
            Err(error) => {
                tracing::debug!(%error, "failed to look at the results of tasks under way");
                after
            }
        }
    }

    /// What the result knows better.
    fn news(&self, task: &TaskRecord, meta: ResultMeta, now: f64, workers: &[WorkerRecord]) -> Option<Event> {
        match &meta.status {
            State::Custom(_) => {
                let told = told(&meta)?;
                let at = moment(task, now, workers);
                let uuid = meta.task_id;
                (!has_told(task, &meta.status, &told)).then(|| {
                    let kind = EventKind::TaskCustom { uuid, state: meta.status, meta: told };
                    self.nobody.event_at(at, kind)
                })
            }
            State::Started => matches!(task.standing(), Phase::Pending | Phase::Retry).then(|| {
                let at = moment(task, now, workers);
                self.nobody.event_at(at, EventKind::TaskStarted { uuid: meta.task_id })
            }),
            // A worker that told of the attempt tells of its end too.
            State::Retry if task.standing() != Phase::Pending => None,
            _ => {
                let tried = task.retries > 0 || task.marks.closed.is_some();
                let (done, kind) = missed(tried, meta)?;
                let recently = done.is_some_and(|done| done + GRACE as f64 / 1000.0 > now);
                (!recently).then(|| self.nobody.event_at(done.unwrap_or(now), kind))
            }
        }
    }
}

/// What the task tells of its progress.
fn told(meta: &ResultMeta) -> Option<Value> {
    match meta.result.get() {
        text if text.len() <= META => serde_json::from_str(text).ok(),
        text => Some(Value::from(format!("{} bytes, too large to show", text.len()))),
    }
}

/// Now, by the clock of the worker that runs the task, and later than all it has told of it.
fn moment(task: &TaskRecord, now: f64, workers: &[WorkerRecord]) -> f64 {
    let worker = workers.iter().find(|worker| task.worker.as_deref() == Some(&*worker.name));
    let ahead = worker.and_then(|worker| worker.clock_skew).unwrap_or(0.0);
    let latest = task.marks.latest().map_or(0.0, |latest| (latest.micros + 1) as f64 / 1e6);
    (now + ahead).max(latest)
}
