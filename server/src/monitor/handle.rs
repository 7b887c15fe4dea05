//! What the rest of the product sees of the monitor.

use super::{
    Counts, Delta, HistoryError, MonitorSettings, OverviewRecord, QueueRate, Span, TaskPage, TaskQuery,
    TaskRecord, TaskStory, WorkerRecord,
};
use crate::bus::Bus;
use crate::clock::SharedClock;
use crate::service::Services;
use crate::store::Db;
use std::sync::Arc;

/// A handle to the running monitor. Clones share it.
#[derive(Clone)]
pub struct Monitor {
    clock: SharedClock,
}

impl Monitor {
    /// Reads what history knows, then starts to listen. Everything said on the bus after this returns is heard.
    pub async fn start(
        _services: &Services,
        _bus: &dyn Bus,
        _history: Db,
        clock: SharedClock,
        _settings: MonitorSettings,
    ) -> Result<Self, HistoryError> {
        Ok(Self { clock })
    }

    /// One page of the tasks that match.
    pub async fn tasks(&self, _query: TaskQuery) -> Result<TaskPage, HistoryError> {
        let now = crate::clock::millis(&*self.clock);
        Ok(TaskPage { tasks: Vec::new(), prev: None, next: None, total: 0, unfiltered: 0, seq: 0, now })
    }

    /// Everything known of one task.
    pub async fn task(&self, _id: &str) -> Result<Option<TaskStory>, HistoryError> {
        Ok(None)
    }

    /// What a worker is executing, as its events tell.
    pub async fn running_on(&self, _worker: &str) -> Result<Vec<Arc<TaskRecord>>, HistoryError> {
        Ok(Vec::new())
    }

    /// All workers heard of, by name.
    pub fn workers(&self) -> Vec<WorkerRecord> {
        Vec::new()
    }

    pub fn worker(&self, _name: &str) -> Option<WorkerRecord> {
        None
    }

    pub fn overview(&self, _span: Span) -> OverviewRecord {
        let counts = self.counts();
        let now = crate::clock::millis(&*self.clock);
        OverviewRecord { counts, step: 1, series: Vec::new(), names: Vec::new(), seq: 0, now }
    }

    /// The tiles alone.
    pub fn counts(&self) -> Counts {
        Counts::default()
    }

    /// The last seconds of the overall series, one point a second, for the live stream.
    pub fn last_seconds(&self, _seconds: usize) -> Vec<super::Point> {
        Vec::new()
    }

    /// How fast tasks are finished, by queue.
    pub fn queue_rates(&self) -> Vec<QueueRate> {
        Vec::new()
    }

    /// Names of tasks seen in history.
    pub fn known_names(&self) -> Vec<Arc<str>> {
        Vec::new()
    }

    /// Queues seen in history.
    pub fn queues(&self) -> Vec<Arc<str>> {
        Vec::new()
    }

    /// The number of the latest change, as pages carry it and the feed counts on from.
    pub fn seq(&self) -> u64 {
        0
    }

    pub fn feed(&self) -> Feed {
        Feed { monitor: self.clone() }
    }
}

/// A reader of live changes. It holds no buffer; take as many as you like.
#[derive(Clone)]
pub struct Feed {
    monitor: Monitor,
}

impl Feed {
    /// Waits until something happened after `seen`, then tells all of it at once. A caller that wants fewer, larger
    /// deltas waits a while between two calls.
    pub async fn next(&self, seen: u64) -> Delta {
        self.since(seen)
    }

    /// As [`Feed::next`] without waiting.
    pub fn since(&self, _seen: u64) -> Delta {
        Delta { seq: self.monitor.seq(), ..Delta::default() }
    }
}
