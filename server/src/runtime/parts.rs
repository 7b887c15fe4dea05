//! Who speaks over the seams: the client, whoever asks workers, and the worker.

use super::seams::Seams;
use super::settings;
use crate::beat::Sightings;
use crate::client::{Client, ClientParts, Route};
use crate::clock::SharedClock;
use crate::config::Config;
use crate::control::ControlClient;
use crate::demo::TrafficParts;
use crate::monitor::MonitorSettings;
use crate::task::Tasks;
use crate::worker::{Worker, WorkerParts, WorkerSettings};
use std::io;
use std::sync::Arc;

pub(super) struct Parts {
    pub(super) clock: SharedClock,
    pub(super) seams: Seams,
    pub(super) client: Client,
    pub(super) control: ControlClient,
    /// What the worker has seen of others' schedulers.
    pub(super) sightings: Sightings,
}

impl Parts {
    pub(super) fn new(config: &Config, seams: Seams, clock: SharedClock, tasks: &Tasks) -> Self {
        let speaker = seams.speaker.as_node(&client_name(config));
        let routes = tasks.iter().map(|task| {
            let options = &task.options;
            (task.name.clone(), Route { queue: options.queue.clone(), priority: options.priority })
        });
        let client = Client::new(ClientParts {
            broker: Arc::clone(&seams.broker),
            results: Arc::clone(&seams.results),
            bus: Arc::clone(&seams.bus),
            clock: Arc::clone(&clock),
            speaker: speaker.clone(),
            default_queue: config.task_default_queue.clone(),
            routes: routes.collect(),
            body_limit: MonitorSettings::default().keep_body,
        });
        let control = ControlClient::new(
            Arc::clone(&seams.bus),
            Arc::clone(&seams.admin),
            Arc::clone(&seams.results),
            Arc::clone(&clock),
            speaker,
        );
        let sightings = Sightings::new(Arc::clone(&clock));
        Self { clock, seams, client, control, sightings }
    }

    pub(super) fn traffic(&self, speed: f64) -> TrafficParts {
        TrafficParts {
            client: self.client.clone(),
            control: self.control.clone(),
            clock: Arc::clone(&self.clock),
            speed,
        }
    }

    pub(super) fn worker(&self, config: &Config, tasks: Tasks) -> io::Result<Worker> {
        let sightings = self.sightings.clone();
        let queues = config.queues(tasks.iter().filter_map(|task| task.options.queue.as_deref()));
        Worker::start(WorkerParts {
            broker: Arc::clone(&self.seams.broker),
            admin: Arc::clone(&self.seams.admin),
            results: Arc::clone(&self.seams.results),
            bus: Arc::clone(&self.seams.bus),
            clock: Arc::clone(&self.clock),
            speaker: self.seams.speaker.clone(),
            client: self.client.clone(),
            tasks,
            settings: WorkerSettings {
                concurrency: config.worker.concurrency,
                queues,
                lease: config.worker.lease,
                heartbeat: config.worker.heartbeat_interval,
                body_limit: MonitorSettings::default().keep_body,
                send_task_events: config.worker.events,
                mingle: config.broker.url.is_some(),
                conf: Arc::new(settings::conf(config)),
            },
            onlooker: Arc::new(move |headers| sightings.look_at(headers)),
        })
    }
}

/// `gen<pid>@<host>`, as Celery names those who only send.
fn client_name(config: &Config) -> String {
    let host = config.worker.name.rsplit_once('@').map_or("localhost", |(_, host)| host);
    format!("gen{}@{host}", std::process::id())
}
