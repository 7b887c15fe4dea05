//! The parts of the embedded product, wired to each other.

use super::{StartError, settings};
use crate::broker::Broker;
use crate::broker::sqlite::SqliteBroker;
use crate::bus::local::LocalBus;
use crate::bus::{Bus, Speaker};
use crate::client::{Client, ClientParts, Route};
use crate::clock::{SharedClock, SystemClock};
use crate::config::Config;
use crate::control::ControlClient;
use crate::monitor::MonitorSettings;
use crate::results::ResultStore;
use crate::results::sqlite::SqliteResults;
use crate::store::{CONFIRMED, DataFolder, Db, Durability, history};
use crate::task::Tasks;
use crate::worker::{Worker, WorkerParts, WorkerSettings};
use std::io;
use std::sync::Arc;

pub(super) struct Parts {
    pub(super) clock: SharedClock,
    pub(super) confirmed: Db,
    pub(super) history: Db,
    pub(super) broker: SqliteBroker,
    pub(super) results: SqliteResults,
    pub(super) bus: Arc<LocalBus>,
    pub(super) client: Client,
    pub(super) control: ControlClient,
}

impl Parts {
    pub(super) async fn open(
        config: &Config,
        folder: &DataFolder,
        tasks: &Tasks,
    ) -> Result<Self, StartError> {
        let clock = SystemClock::shared();
        let confirmed = Db::open(&folder.broker_database(), Durability::Disk, CONFIRMED)?;
        let history = Db::open(&folder.history_database(), Durability::System, history::MIGRATIONS)?;
        let lease = config.worker.lease;
        let broker = SqliteBroker::open(confirmed.clone(), Arc::clone(&clock), lease).await?;
        let results = SqliteResults::new(confirmed.clone(), Arc::clone(&clock), config.result_expires);
        let bus = Arc::new(LocalBus::new());
        let speaker = Speaker::new(&client_name(config), Arc::clone(&clock));
        let routes = tasks.iter().map(|task| {
            let options = &task.options;
            (task.name.clone(), Route { queue: options.queue.clone(), priority: options.priority })
        });
        let client = Client::new(ClientParts {
            broker: Arc::new(broker.clone()),
            results: Arc::new(results.clone()),
            bus: Arc::clone(&bus) as Arc<dyn Bus>,
            clock: Arc::clone(&clock),
            speaker: speaker.clone(),
            default_queue: config.task_default_queue.clone(),
            routes: routes.collect(),
            body_limit: MonitorSettings::default().keep_body,
        });
        let control = ControlClient::new(
            Arc::clone(&bus) as Arc<dyn Bus>,
            Arc::new(broker.clone()),
            Arc::new(results.clone()),
            Arc::clone(&clock),
            speaker,
        );
        Ok(Self { clock, confirmed, history, broker, results, bus, client, control })
    }

    pub(super) fn worker(&self, config: &Config, tasks: Tasks) -> io::Result<Worker> {
        let queues = config.queues(tasks.iter().filter_map(|task| task.options.queue.as_deref()));
        Worker::start(WorkerParts {
            broker: Arc::new(self.broker.clone()) as Arc<dyn Broker>,
            admin: Arc::new(self.broker.clone()),
            results: Arc::new(self.results.clone()) as Arc<dyn ResultStore>,
            bus: Arc::clone(&self.bus) as Arc<dyn Bus>,
            clock: Arc::clone(&self.clock),
            speaker: Speaker::new(&config.worker.name, Arc::clone(&self.clock)),
            client: self.client.clone(),
            tasks,
            settings: WorkerSettings {
                concurrency: config.worker.concurrency,
                queues,
                lease: config.worker.lease,
                heartbeat: config.worker.heartbeat_interval,
                body_limit: MonitorSettings::default().keep_body,
                conf: Arc::new(settings::conf(config)),
                ..WorkerSettings::default()
            },
        })
    }
}

/// `gen<pid>@<host>`, as Celery names those who only send.
fn client_name(config: &Config) -> String {
    let host = config.worker.name.rsplit_once('@').map_or("localhost", |(_, host)| host);
    format!("gen{}@{host}", std::process::id())
}
