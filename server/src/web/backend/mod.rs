//! The ports of the crate `app`, implemented on the running product.
//!
//! What somebody may do is decided here and not in pages: hiding a button is politeness, refusing the call is
//! security.

mod acting;
mod controlling;
mod depths;
mod live;
mod lookup;
mod overview;
mod probes;
mod queues;
mod schedules;
mod sending;
mod session;
mod tasks;
mod workers;

pub(crate) use depths::Depths;

use super::assets::Assets;
use super::router::Site;
use super::settings::Settings;
use crate::beat::Beat;
use crate::broker::{QueueAdmin, Reach};
use crate::client::Client;
use crate::clock::{SharedClock, millis};
use crate::control::ControlClient;
use crate::monitor::Monitor;
use crate::results::ResultStore;
use app::backend::Backend;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The parts of the running product that the dashboard shows and acts on. Copies share them.
#[derive(Clone)]
pub struct Web {
    pub monitor: Monitor,
    /// The scheduler of this process, unless it leaves that to others.
    pub beat: Option<Beat>,
    pub client: Client,
    pub control: ControlClient,
    pub admin: Arc<dyn QueueAdmin>,
    pub results: Arc<dyn ResultStore>,
    /// Whether the broker can be reached.
    pub reach: watch::Receiver<Reach>,
    /// The tasks this process itself has registered.
    pub tasks: Arc<[TaskListing]>,
    pub clock: SharedClock,
    pub info: Info,
}

/// A registered task with what a form needs to send it.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskListing {
    pub name: String,
    /// The queue it goes to when the sender names none.
    pub queue: String,
    /// Names of its parameters in order, where known.
    pub parameters: Vec<String>,
    /// One line on what it does.
    pub summary: Option<String>,
    /// Keyword arguments as an example.
    pub example: Option<Value>,
}

/// What every page says about where it is.
#[derive(Clone, Debug, Default)]
pub struct Info {
    pub app: String,
    pub version: String,
    /// Where messages live: "embedded, ./umbel-data", or a URL, of which pages show nothing secret.
    pub broker: String,
    /// Whether the demo traffic runs.
    pub demo: bool,
}

impl Web {
    /// The site of these parts, and the service that must run beside it.
    pub(crate) fn into_site(
        self,
        bound: SocketAddr,
        settings: Settings,
        stop: CancellationToken,
    ) -> (Site, Depths) {
        let depths = Depths::new(self.clone());
        let tasks = Arc::new(tasks::Tasks { web: self.clone(), batch_limit: settings.batch_limit });
        let backend = Backend {
            tasks,
            workers: Arc::new(workers::Workers(self.clone())),
            queues: Arc::new(queues::Queues { web: self.clone(), depths: depths.board() }),
            schedules: Arc::new(schedules::Schedules::new(self.clone())),
            overview: Arc::new(overview::TheOverview { web: self.clone(), depths: depths.board() }),
            session: Arc::new(session::TheSession(self.clone())),
        };
        let site = Site {
            backend,
            clock: Arc::clone(&self.clock),
            live: Arc::new(live::Source { web: self.clone(), depths: depths.board() }),
            parts: probes::parts(&self),
            assets: Assets::built(),
            settings,
            bound,
            stop,
        };
        (site, depths)
    }

    fn now(&self) -> i64 {
        millis(&*self.clock)
    }
}
