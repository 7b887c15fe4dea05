//! Broker, results, bus and a worker in one process, without the dashboard.

use crate::broker::Broker;
use crate::broker::sqlite::SqliteBroker;
use crate::bus::local::LocalBus;
use crate::bus::{Bus, Events, Speaker};
use crate::client::{Client, ClientParts, Send};
use crate::clock::SharedClock;
use crate::control::ControlClient;
use crate::protocol::{EventKind, ResultMeta, TaskId};
use crate::results::ResultStore;
use crate::results::sqlite::SqliteResults;
use crate::service::Services;
use crate::store::{CONFIRMED, Db, DbError, Durability};
use crate::task::Tasks;
use crate::worker::{Worker, WorkerParts, WorkerSettings};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const LEASE: Duration = Duration::from_secs(30);
/// How long a test waits for something that must happen before it fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// An embedded runtime for tests and benchmarks.
pub struct TestRuntime {
    pub broker: Arc<SqliteBroker>,
    pub results: Arc<SqliteResults>,
    pub bus: Arc<LocalBus>,
    pub clock: SharedClock,
    pub client: Client,
    pub control: ControlClient,
    pub worker: Worker,
    services: Services,
}

impl TestRuntime {
    /// Starts everything in the folder. Opening the same folder again is a restart.
    pub async fn start(
        folder: &Path,
        clock: SharedClock,
        tasks: Tasks,
        concurrency: usize,
    ) -> Result<Self, DbError> {
        let settings = WorkerSettings { concurrency, lease: LEASE, ..WorkerSettings::default() };
        Self::start_with(folder, clock, tasks, "umbel@test", settings).await
    }

    /// The same, with a worker named and set up as the test needs it.
    pub async fn start_with(
        folder: &Path,
        clock: SharedClock,
        tasks: Tasks,
        name: &str,
        settings: WorkerSettings,
    ) -> Result<Self, DbError> {
        let db = Db::open(&folder.join("umbel.db"), Durability::Disk, CONFIRMED)?;
        let broker = Arc::new(SqliteBroker::open(db.clone(), Arc::clone(&clock), LEASE).await?);
        let results = Arc::new(SqliteResults::new(db, Arc::clone(&clock), None));
        let bus = Arc::new(LocalBus::new());
        let speaker = Speaker::new(name, Arc::clone(&clock));
        let services = Services::new();
        services.start("broker.due", |stop| SqliteBroker::clone(&broker).release_due(stop));
        let client = Client::new(ClientParts {
            broker: Arc::clone(&broker) as Arc<dyn Broker>,
            results: Arc::clone(&results) as Arc<dyn ResultStore>,
            bus: Arc::clone(&bus) as Arc<dyn Bus>,
            clock: Arc::clone(&clock),
            speaker: Speaker::new("gen1@test", Arc::clone(&clock)),
            default_queue: "celery".to_owned(),
            routes: HashMap::new(),
            body_limit: 64 * 1024,
        });
        let control = ControlClient::new(
            Arc::clone(&bus) as Arc<dyn Bus>,
            Arc::clone(&broker) as Arc<_>,
            Arc::clone(&results) as Arc<dyn ResultStore>,
            Arc::clone(&clock),
            speaker.clone(),
        );
        let worker = Worker::start(WorkerParts {
            broker: Arc::clone(&broker) as Arc<dyn Broker>,
            admin: Arc::clone(&broker) as Arc<_>,
            results: Arc::clone(&results) as Arc<dyn ResultStore>,
            bus: Arc::clone(&bus) as Arc<dyn Bus>,
            clock: Arc::clone(&clock),
            speaker,
            client: client.clone(),
            tasks,
            settings,
            onlooker: Arc::new(|_| {}),
        })
        .map_err(|_| DbError::Closed)?;
        Ok(Self { broker, results, bus, clock, client, control, worker, services })
    }

    /// Sends a task and waits for what comes of it.
    pub async fn call(&self, send: Send) -> ResultMeta {
        let id = self.client.send(send).await.expect("sent");
        self.wait(&id).await
    }

    pub async fn wait(&self, id: &TaskId) -> ResultMeta {
        tokio::time::timeout(PATIENCE, self.client.wait(id, PATIENCE))
            .await
            .expect("a result in time")
            .expect("a result")
    }

    /// Waits for an event of the task that the test looks for; the events before it are dropped.
    pub async fn event(events: &mut Events, wanted: impl Fn(&EventKind) -> bool) -> EventKind {
        let found = async {
            loop {
                let batch = events.recv().await.expect("the bus is open");
                if let Some(event) = batch.iter().find(|event| wanted(&event.kind)) {
                    return event.kind.clone();
                }
            }
        };
        tokio::time::timeout(PATIENCE, found).await.expect("the event in time")
    }

    /// A warm stop that waits for running tasks for up to `limit`.
    pub async fn stop(self, limit: Duration) {
        self.worker.stop(limit, &CancellationToken::new()).await;
        self.services.stop().await;
    }
}
