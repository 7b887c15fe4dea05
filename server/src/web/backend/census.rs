//! What workers take from and how large their pools are, asked of those whose heartbeats do not tell: Python's.
//!
//! A small service asks each of them when it appears, and again every minute. Without it no queue that only Python
//! workers serve would look served.

use super::Web;
use crate::monitor::WorkerRecord;
use crate::web::convert::inspection;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const TICK: Duration = Duration::from_secs(5);
/// How long an answer counts, and how long a worker that gave none is left alone, in milliseconds.
const GOOD_FOR: i64 = 60_000;
const PATIENCE: Duration = Duration::from_secs(2);

/// What one worker told.
#[derive(Clone, Debug, Default)]
struct Told {
    /// When it was asked.
    at: i64,
    pid: Option<u32>,
    queues: Vec<String>,
    slots: Option<u32>,
    pool: Option<String>,
}

/// All that was told. Copies share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Census(Arc<Mutex<HashMap<String, Told>>>);

impl Census {
    fn with<T>(&self, look: impl FnOnce(&mut HashMap<String, Told>) -> T) -> T {
        look(&mut self.0.lock().expect("nobody panics while holding this lock"))
    }

    /// Fills in what the worker's own heartbeats leave open.
    pub(crate) fn complete(&self, mut record: WorkerRecord) -> WorkerRecord {
        if !is_silent(&record) {
            return record;
        }
        self.with(|known| {
            if let Some(told) = known.get(&*record.name) {
                record.slots = record.slots.or(told.slots);
                record.pool = record.pool.take().or_else(|| told.pool.clone());
                if record.queues.is_empty() {
                    record.queues.clone_from(&told.queues);
                }
            }
        });
        record
    }

    /// All workers there are, completed.
    pub(crate) fn workers(&self, web: &Web) -> Vec<WorkerRecord> {
        web.monitor.workers().into_iter().map(|record| self.complete(record)).collect()
    }

    /// Asks the worker again soon, because something of it was changed.
    pub(crate) fn doubt(&self, name: &str) {
        self.with(|known| {
            if let Some(told) = known.get_mut(name) {
                told.at = 0;
            }
        });
    }

    /// Asks now and then, until told to stop.
    pub(crate) async fn run(self, web: Web, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.ask(&web) => {}
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = web.clock.sleep(TICK) => {}
            }
        }
    }

    async fn ask(&self, web: &Web) {
        let now = web.now();
        let workers: Vec<WorkerRecord> =
            web.monitor.workers().into_iter().filter(|record| record.online && is_silent(record)).collect();
        let present: HashSet<&str> = workers.iter().map(|record| &*record.name).collect();
        let due: Vec<&WorkerRecord> = self.with(|known| {
            known.retain(|name, _| present.contains(name.as_str()));
            let is_due = |record: &&WorkerRecord| {
                known
                    .get(&*record.name)
                    .is_none_or(|told| told.at + GOOD_FOR <= now || told.pid != record.pid)
            };
            workers.iter().filter(is_due).collect()
        });
        if due.is_empty() {
            return;
        }
        let names: Vec<&str> = due.iter().map(|record| &*record.name).collect();
        let (queues, stats) = tokio::join!(
            web.control.ask_nodes(&names, "active_queues", json!({}), PATIENCE),
            web.control.ask_nodes(&names, "stats", json!({}), PATIENCE),
        );
        self.with(|known| {
            for record in &due {
                let told = known.entry(record.name.to_string()).or_default();
                (told.at, told.pid) = (now, record.pid);
            }
            for reply in queues {
                if let (Some(told), Some(value)) = (known.get_mut(&reply.node), inspection::told(reply.value))
                {
                    told.queues = inspection::consumed(&value).into_iter().map(|queue| queue.name).collect();
                }
            }
            for reply in stats {
                if let Some(told) = known.get_mut(&reply.node) {
                    told.slots = inspection::concurrency(&reply.value);
                    told.pool = inspection::pool(&reply.value);
                }
            }
        });
    }
}

/// Whether its heartbeats tell less than a page shows.
fn is_silent(record: &WorkerRecord) -> bool {
    record.queues.is_empty() || record.slots.is_none()
}
