//! The service that keeps history within its bounds of age, number and size.
//!
//! Pruning takes the tasks seen first, up to one number, so that columns in memory and rows on disk are cut at the
//! same place. A task that is still waiting goes with its neighbours; should it move again, its events begin a new row.

use super::cluster::Cluster;
use super::{HistoryError, MonitorSettings};
use crate::clock::{SharedClock, millis};
use crate::store::{Db, prune};
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

/// Numbers dropped from memory while the picture is locked.
const STEP: u64 = 5000;
const DAY: i64 = 24 * 3600 * 1000;

pub(super) struct Pruner {
    pub(super) cluster: Arc<Mutex<Cluster>>,
    pub(super) history: Db,
    pub(super) clock: SharedClock,
    pub(super) settings: MonitorSettings,
}

impl Pruner {
    pub(super) async fn run(self, stop: CancellationToken) {
        let clock = Arc::clone(&self.clock);
        loop {
            match stop.run_until_cancelled(self.prune()).await {
                Some(Ok(0)) => {}
                Some(Ok(gone)) => tracing::info!(tasks = gone, "pruned history"),
                Some(Err(error)) => tracing::warn!(%error, "failed to prune history"),
                None => return,
            }
            if stop.run_until_cancelled(clock.sleep(self.settings.prune_every)).await.is_none() {
                return;
            }
        }
    }

    /// Brings history back within its bounds. Returns how many tasks went.
    pub(super) async fn prune(&self) -> Result<u64, HistoryError> {
        let now = millis(&*self.clock);
        let age = i64::try_from(self.settings.keep_for.as_millis()).unwrap_or(i64::MAX);
        let oldest = now.saturating_sub(age).saturating_mul(1000);
        let keep = self.settings.keep_tasks.min(self.affordable().await?);
        let point = self.picture().index.prune_point(keep, oldest);
        self.forget_before(point);
        let gone = prune::tasks_before(&self.history, point).await?;
        prune::counters_before(&self.history, now - 31 * DAY, now - 2 * DAY).await?;
        self.picture().series.tidy(now);
        Ok(gone)
    }

    /// How many tasks fit into the bytes allowed, going by their average so far.
    async fn affordable(&self) -> Result<u64, HistoryError> {
        let used = prune::bytes_used(&self.history).await?;
        if used <= self.settings.keep_bytes {
            return Ok(u64::MAX);
        }
        // A little more than necessary goes, so that it is not due again at once.
        let share = self.settings.keep_bytes as f64 / used as f64 * 0.95;
        Ok((self.picture().index.tally().total() as f64 * share) as u64)
    }

    fn forget_before(&self, point: u64) {
        let Some(mut reached) = self.picture().index.first() else { return };
        while reached < point {
            reached = point.min(reached + STEP);
            self.picture().drop_before(reached);
        }
    }

    fn picture(&self) -> std::sync::MutexGuard<'_, Cluster> {
        self.cluster.lock().expect("nobody panics while holding this lock")
    }
}
