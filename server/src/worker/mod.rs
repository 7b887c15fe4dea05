//! Takes messages, runs their tasks, and settles what came of them.
//!
//! The road of a message: [`consumer`] (has a free slot, reserves) → [`gate`] (a pure verdict: run, hold, drop) →
//! [`limits`] (may it start by its rate) → [`pool`] and [`execute`] (bind, call, outcome; panic, limit and cancellation are outcomes too) → [`settle`]
//! (store the result, settle with the broker, tell the bus).
//!
//! Acknowledgement is late: a message stays the broker's until its result is stored. What can happen twice is
//! therefore a run, never a loss.

mod canvas;
mod consumer;
mod execute;
mod gate;
mod hand;
mod heartbeat;
pub(crate) mod limits;
mod neighbours;
mod pool;
pub(crate) mod queues;
mod requests;
mod revoked;
mod settings;
mod settle;
pub(crate) mod slots;
mod stats;

pub(crate) use hand::SIGTERM;
pub(crate) use heartbeat::info;
pub(crate) use neighbours::{elect, merge_revoked};
pub(crate) use revoked::one_or_many;

pub use hand::Running;
pub use pool::TaskPool;
pub use settings::{Conf, WorkerSettings};
pub use stats::StatsSnapshot;

use crate::broker::{Broker, QueueAdmin};
use crate::bus::{Bus, Speaker};
use crate::client::Client;
use crate::clock::SharedClock;
use crate::protocol::{Event, Headers};
use crate::results::ResultStore;
use crate::service::Services;
use crate::task::Tasks;
use hand::Hand;
use limits::{Limits, Room};
use neighbours::Elections;
use queues::Queues;
use revoked::Revoked;
use slots::Slots;
use stats::Stats;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Finished tasks that may wait to be settled before the pool is slowed down.
const SETTLE_QUEUE: usize = 2048;
/// Progress reports that may wait before tasks are slowed down.
const UPDATE_QUEUE: usize = 1024;

/// What a worker is made of.
pub struct WorkerParts {
    pub broker: Arc<dyn Broker>,
    /// Looks into the queues for those who ask what is scheduled.
    pub admin: Arc<dyn QueueAdmin>,
    pub results: Arc<dyn ResultStore>,
    pub bus: Arc<dyn Bus>,
    pub clock: SharedClock,
    /// Its node name and its voice on the bus.
    pub speaker: Speaker,
    pub client: Client,
    pub tasks: Tasks,
    pub settings: WorkerSettings,
    /// Sees the headers of each message it takes.
    pub onlooker: Onlooker,
}

/// Somebody who sees the headers of messages that come by; quickly, because the worker waits.
pub type Onlooker = Arc<dyn Fn(&Headers) + Send + Sync>;

/// A running worker.
#[derive(Clone)]
pub struct Worker {
    shared: Arc<Shared>,
    consuming: Services,
    settling: Services,
}

/// What the parts of a worker share. Verbs of remote control read and change it too.
pub(crate) struct Shared {
    pub(crate) broker: Arc<dyn Broker>,
    pub(crate) admin: Arc<dyn QueueAdmin>,
    pub(crate) results: Arc<dyn ResultStore>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) clock: SharedClock,
    pub(crate) speaker: Speaker,
    pub(crate) client: Client,
    pub(crate) tasks: Tasks,
    pub(crate) settings: WorkerSettings,
    onlooker: Onlooker,
    pool: TaskPool,
    pub(crate) slots: Slots,
    pub(crate) queues: Queues,
    pub(crate) limits: Limits,
    /// Whether task events are told.
    tells: AtomicBool,
    pub(crate) hand: Hand,
    pub(crate) room: Room,
    pub(crate) revoked: Revoked,
    pub(crate) elections: Elections,
    pub(crate) stats: Stats,
    finished: mpsc::Sender<settle::Finished>,
    updates: mpsc::Sender<crate::task::Update>,
    /// Cancelled when running tasks must end now.
    abandon: CancellationToken,
    /// Cancelled when somebody wants the whole process to stop.
    pub(crate) shutdown: CancellationToken,
}

impl Shared {
    /// Whether task events are told. Worker events always are.
    pub(crate) fn tells_of_tasks(&self) -> bool {
        self.tells.load(Ordering::Relaxed)
    }

    /// Returns how it was before.
    pub(crate) fn set_tells_of_tasks(&self, tells: bool) -> bool {
        self.tells.swap(tells, Ordering::Relaxed)
    }

    async fn tell_of_tasks(&self, events: Vec<Event>) {
        if self.tells_of_tasks() {
            self.bus.publish(events).await;
        }
    }
}

impl Worker {
    /// Starts taking messages.
    pub fn start(parts: WorkerParts) -> std::io::Result<Self> {
        let (finished, to_settle) = mpsc::channel(SETTLE_QUEUE);
        let (updates, reports) = mpsc::channel(UPDATE_QUEUE);
        let pool = TaskPool::new(parts.clock.clone())?;
        let shared = Arc::new(Shared {
            broker: parts.broker,
            admin: parts.admin,
            bus: parts.bus,
            hand: Hand::default(),
            room: Room::default(),
            elections: Elections::default(),
            revoked: Revoked::new(parts.clock.clone()),
            stats: Stats::new(parts.clock.clone()),
            clock: parts.clock,
            speaker: parts.speaker,
            client: parts.client,
            slots: Slots::new(parts.settings.concurrency),
            queues: Queues::new(&parts.settings.queues),
            limits: Limits::of(&parts.tasks),
            tells: AtomicBool::new(parts.settings.send_task_events),
            tasks: canvas::with_builtins(parts.tasks, &parts.results),
            results: parts.results,
            settings: parts.settings,
            onlooker: parts.onlooker,
            pool,
            finished,
            updates,
            abandon: CancellationToken::new(),
            shutdown: CancellationToken::new(),
        });
        let consuming = Services::new();
        let settling = Services::new();
        settling.start("worker.settle", |stop| settle::run(Arc::clone(&shared), to_settle, reports, stop));
        settling.start("worker.heartbeat", |stop| heartbeat::run(Arc::clone(&shared), stop));
        settling.start("worker.leases", |stop| heartbeat::keep(Arc::clone(&shared), stop));
        settling.start("worker.watchdog", |stop| pool::watch(Arc::clone(&shared), stop));
        // From here on it listens, so that whoever knows the worker is there is heard.
        let heard = shared.bus.requests();
        consuming.start("worker.requests", |stop| requests::run(Arc::clone(&shared), heard, stop));
        if shared.settings.mingle {
            let heard = shared.bus.worker_events();
            consuming.start("worker.neighbours", |stop| neighbours::run(Arc::clone(&shared), heard, stop));
        }
        consuming.start("worker.consumer", |stop| consumer::run(Arc::clone(&shared), stop));
        Ok(Self { shared, consuming, settling })
    }

    /// How many tasks are running.
    pub fn running(&self) -> usize {
        self.shared.hand.len()
    }

    /// Returns once somebody has asked by remote control for the process to stop. Until then it goes on.
    pub async fn stop_requested(&self) {
        self.shared.shutdown.cancelled().await;
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
