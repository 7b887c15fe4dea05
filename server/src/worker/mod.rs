//! Takes messages, runs their tasks, and settles what came of them.
//!
//! The road of a message: [`consumer`] (has a free slot, reserves) → [`gate`] (a pure verdict: run, hold, drop) →
//! [`pool`] and [`execute`] (bind, call, outcome; panic, limit and cancellation are outcomes too) → [`settle`]
//! (store the result, settle with the broker, tell the bus).
//!
//! Acknowledgement is late: a message stays the broker's until its result is stored. What can happen twice is
//! therefore a run, never a loss.

mod consumer;
mod execute;
mod gate;
mod hand;
mod heartbeat;
mod pool;
mod requests;
mod revoked;
mod settle;
mod stats;

pub use hand::Running;
pub use pool::TaskPool;
pub use stats::StatsSnapshot;

use crate::broker::Broker;
use crate::bus::{Bus, Speaker};
use crate::client::Client;
use crate::clock::SharedClock;
use crate::results::ResultStore;
use crate::service::Services;
use crate::task::Tasks;
use hand::Hand;
use revoked::Revoked;
use stats::Stats;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

/// Finished tasks that may wait to be settled before the pool is slowed down.
const SETTLE_QUEUE: usize = 2048;
/// Progress reports that may wait before tasks are slowed down.
const UPDATE_QUEUE: usize = 1024;

/// What a worker is told once, at its start.
#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// Tasks at once.
    pub concurrency: usize,
    /// Where it takes messages from; the first come first among equals in priority.
    pub queues: Vec<String>,
    /// How long a message stays ours without a sign of life.
    pub lease: Duration,
    pub heartbeat: Duration,
    /// Bodies up to this size travel with the events.
    pub body_limit: usize,
}

/// What a worker is made of.
pub struct WorkerParts {
    pub broker: Arc<dyn Broker>,
    pub results: Arc<dyn ResultStore>,
    pub bus: Arc<dyn Bus>,
    pub clock: SharedClock,
    /// Its node name and its voice on the bus.
    pub speaker: Speaker,
    pub client: Client,
    pub tasks: Tasks,
    pub settings: WorkerSettings,
}

/// A running worker.
#[derive(Clone)]
pub struct Worker {
    shared: Arc<Shared>,
    consuming: Services,
    settling: Services,
}

/// What the parts of a worker share.
pub(crate) struct Shared {
    broker: Arc<dyn Broker>,
    results: Arc<dyn ResultStore>,
    bus: Arc<dyn Bus>,
    clock: SharedClock,
    pub(crate) speaker: Speaker,
    client: Client,
    pub(crate) tasks: Tasks,
    pub(crate) settings: WorkerSettings,
    pool: TaskPool,
    slots: Semaphore,
    pub(crate) hand: Hand,
    pub(crate) revoked: Revoked,
    pub(crate) stats: Stats,
    finished: mpsc::Sender<settle::Finished>,
    updates: mpsc::Sender<crate::task::Update>,
    /// Cancelled when running tasks must end now.
    abandon: CancellationToken,
}

impl Worker {
    /// Starts taking messages.
    pub fn start(parts: WorkerParts) -> std::io::Result<Self> {
        let (finished, to_settle) = mpsc::channel(SETTLE_QUEUE);
        let (updates, reports) = mpsc::channel(UPDATE_QUEUE);
        let pool = TaskPool::new(parts.clock.clone())?;
        let shared = Arc::new(Shared {
            broker: parts.broker,
            results: parts.results,
            bus: parts.bus,
            hand: Hand::default(),
            revoked: Revoked::new(parts.clock.clone()),
            stats: Stats::new(parts.clock.clone()),
            clock: parts.clock,
            speaker: parts.speaker,
            client: parts.client,
            tasks: parts.tasks,
            slots: Semaphore::new(parts.settings.concurrency),
            settings: parts.settings,
            pool,
            finished,
            updates,
            abandon: CancellationToken::new(),
        });
        let consuming = Services::new();
        let settling = Services::new();
        settling.start("worker.settle", |stop| settle::run(Arc::clone(&shared), to_settle, reports, stop));
        settling.start("worker.heartbeat", |stop| heartbeat::run(Arc::clone(&shared), stop));
        settling.start("worker.leases", |stop| heartbeat::keep(Arc::clone(&shared), stop));
        settling.start("worker.watchdog", |stop| pool::watch(Arc::clone(&shared), stop));
        consuming.start("worker.requests", |stop| requests::run(Arc::clone(&shared), stop));
        consuming.start("worker.consumer", |stop| consumer::run(Arc::clone(&shared), stop));
        Ok(Self { shared, consuming, settling })
    }

    /// How many tasks are running.
    pub fn running(&self) -> usize {
        self.shared.hand.len()
    }

    /// Stops warmly: takes nothing more, lets running tasks finish for up to `limit`, gives back what is left.
    ///
    /// `hurry` ends the waiting early. The order matters: consumer first, settling last, so that everything that
    /// finishes is also recorded.
    pub async fn stop(&self, limit: Duration, hurry: &CancellationToken) {
        self.consuming.stop().await;
        tokio::select! {
            () = self.shared.hand.emptied() => {}
            () = self.shared.clock.sleep(limit) => {}
            () = hurry.cancelled() => {}
        }
        self.shared.abandon.cancel();
        pool::give_back_stuck(&self.shared).await;
        self.shared.hand.emptied().await;
        self.settling.stop().await;
        self.shared.pool.shut_down();
    }
}
