//! The composition root: builds every part from the configuration, and starts and stops them in a stated order.
//!
//! Parts are started from the bottom up, so that nobody speaks before somebody listens: storage, monitor, dashboard,
//! worker, scheduler, demo traffic. They are stopped from the top down, so that everything that still happens is recorded
//! and can be watched: traffic, scheduler, worker (which finishes what runs), dashboard, monitor, storage, databases.

mod beat;
#[cfg(feature = "web")]
mod dashboard;
mod embedded;
mod housekeeping;
mod inspect;
mod parts;
mod progress;
mod reconcile;
mod redis;
mod seams;
mod settings;
mod watch;

use crate::beat::Beat;
use crate::client::Client;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::demo;
use crate::monitor::{HistoryError, Monitor, MonitorSettings};
use crate::service::Services;
use crate::store::{DataFolder, Db, DbError, Durability, FolderError, history};
use crate::task::Tasks;
use crate::worker::Worker;
use parts::Parts;
use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a stop waits for the monitor to write down what it has heard.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// How long a start waits for remote control to reach it; a Redis that is away holds nothing up for long.
const EARS: Duration = Duration::from_secs(2);

/// Why the product could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("{setting}: {reason}")]
    Redis { setting: &'static str, reason: String },
    #[error("{reason}; choose another address with --host and --port")]
    Listen { reason: String },
    #[error("start threads for tasks: {0}")]
    Threads(io::Error),
}

/// Everything that runs in this process.
pub struct Runtime {
    address: Option<SocketAddr>,
    client: Client,
    monitor: Option<Monitor>,
    beat: Option<Beat>,
    worker: Option<Worker>,
    warm_limit: Duration,
    stages: Stages,
    /// Ends the waiting of a warm stop.
    hurry: CancellationToken,
    databases: Mutex<Option<Databases>>,
}

/// The services, by the order in which they stop.
#[derive(Default)]
struct Stages {
    traffic: Services,
    beat: Services,
    dashboard: Services,
    monitor: Services,
    storage: Services,
}

/// Closed last. The folder's lock goes after the databases, so that no other process opens them too early.
struct Databases {
    confirmed: Option<Db>,
    history: Option<Db>,
    folder: DataFolder,
}

impl Runtime {
    /// Starts everything. When this returns, the dashboard answers and the worker takes messages.
    pub async fn start(config: Config, tasks: Tasks) -> Result<Self, StartError> {
        let folder = keeps_something_here(&config).then(|| DataFolder::open(&config.data_dir)).transpose()?;
        // Before anything is opened: a taken port is the most likely mistake, and must leave nothing behind.
        #[cfg(feature = "web")]
        let listener = match config.http.enabled {
            true => Some(dashboard::listen(&config).await?),
            false => None,
        };
        #[cfg(feature = "web")]
        let address = listener.as_ref().and_then(|listener| listener.local_addr().ok());
        #[cfg(not(feature = "web"))]
        let address = None;
        let stages = Stages::default();
        let clock = SystemClock::shared();
        let seams = seams::open(&config, folder.as_ref(), &clock, &stages.storage).await?;
        let parts = Parts::new(&config, seams, clock, &tasks);
        let (history, monitor) = match folder.as_ref().filter(|_| config.http.enabled) {
            Some(folder) => {
                let (history, monitor) = watch_from(folder, &config, &parts, &stages).await?;
                (Some(history), Some(monitor))
            }
            None => (None, None),
        };
        let beat = beat::start(&stages.beat, &config, &parts, &tasks, monitor.as_ref());
        #[cfg(feature = "web")]
        if let (Some(listener), Some(monitor)) = (listener, &monitor) {
            let seen = (monitor.clone(), beat.clone());
            dashboard::serve(&stages.dashboard, &config, &parts, &tasks, seen, listener);
        }
        if let Some(monitor) = &monitor {
            reconcile::reconcile(monitor, &parts, MonitorSettings::default().keep_body).await;
            if config.broker.url.is_some() {
                watch::foreign_workers(&stages.dashboard, &config, &parts, monitor);
            }
        }
        let worker = match config.worker.enabled {
            true => Some(parts.worker(&config, tasks).map_err(StartError::Threads)?),
            false => None,
        };
        listen(&parts).await;
        if config.demo.enabled {
            let traffic = parts.traffic(config.demo.speed);
            stages.traffic.start("demo.traffic", |stop| demo::traffic(traffic, stop));
        }
        Ok(Self {
            address,
            client: parts.client,
            monitor,
            beat,
            worker,
            warm_limit: config.worker.warm_shutdown_timeout,
            stages,
            hurry: CancellationToken::new(),
            databases: Mutex::new(folder.map(|folder| Databases {
                confirmed: parts.seams.embedded.map(|embedded| embedded.confirmed),
                history,
                folder,
            })),
        })
    }

    /// Where the dashboard listens; `None` in a build without one.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Sends tasks and waits for their results, from inside of this process.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What is known of tasks, workers and queues; `None` in a process that only works.
    pub fn monitor(&self) -> Option<&Monitor> {
        self.monitor.as_ref()
    }

    /// What runs at its times; `None` in a process that leaves that to others.
    pub fn beat(&self) -> Option<&Beat> {
        self.beat.as_ref()
    }

    /// How many tasks are running.
    pub fn running(&self) -> usize {
        self.worker.as_ref().map_or(0, Worker::running)
    }

    /// Returns once somebody has asked by remote control for the process to stop. Until then it goes on.
    pub async fn stop_requested(&self) {
        match &self.worker {
            Some(worker) => worker.stop_requested().await,
            None => std::future::pending().await,
        }
    }

    /// Stops everything. A warm stop waits for running tasks, for a while; calling it again without `warm`, also
    /// while the first call waits, ends the waiting. Unfinished tasks run again at the next start.
    pub async fn stop(&self, warm: bool) {
        if !warm {
            self.hurry.cancel();
        }
        self.stages.traffic.stop().await;
        self.stages.beat.stop().await;
        if let Some(worker) = &self.worker {
            worker.stop(self.warm_limit, &self.hurry).await;
        }
        self.stages.dashboard.stop().await;
        if tokio::time::timeout(LAST_WORDS, self.stages.monitor.stop()).await.is_err() {
            tracing::error!("history could not be written in time; its last moments are missing");
        }
        self.stages.storage.stop().await;
        let databases = self.databases.lock().expect("nobody panics while holding this lock").take();
        if let Some(Databases { confirmed, history, folder }) = databases {
            for database in [confirmed, history].into_iter().flatten() {
                database.close().await;
            }
            drop(folder);
        }
    }
}

/// Who reads that we are ready may ask us for something at once, or send a task whose first event counts.
async fn listen(parts: &Parts) {
    let _ = tokio::time::timeout(EARS, parts.seams.bus.reaches_us()).await;
}

/// Opens history and begins to listen.
async fn watch_from(
    folder: &DataFolder,
    config: &Config,
    parts: &Parts,
    stages: &Stages,
) -> Result<(Db, Monitor), StartError> {
    let history = Db::open(&folder.history_database(), Durability::System, history::MIGRATIONS)?;
    let (clock, settings) = (parts.clock.clone(), monitor_settings(config));
    let monitor =
        Monitor::start(&stages.monitor, &*parts.seams.bus, history.clone(), clock, settings).await?;
    Ok((history, monitor))
}

/// The embedded broker and history live in the data folder; a worker on Redis that others watch needs none.
fn keeps_something_here(config: &Config) -> bool {
    config.broker.url.is_none() || config.http.enabled
}

fn monitor_settings(config: &Config) -> MonitorSettings {
    let defaults = MonitorSettings::default();
    MonitorSettings {
        keep_for: config.history.max_age.unwrap_or(Duration::MAX),
        keep_tasks: config.history.max_tasks.unwrap_or(u64::MAX),
        keep_bytes: config.history.max_size,
        ..defaults
    }
}
