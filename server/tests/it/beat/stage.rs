//! Schedulers on a clock that is moved by hand, with a broker whose queue can be looked into.

use crate::support::redis::RedisServer;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use umbel::beat::{Beat, BeatParts, BeatSettings, Declared, Ends, Mark, Origin, Sightings};
use umbel::broker::redis::{RedisBroker, RedisSettings};
use umbel::broker::sqlite::SqliteBroker;
use umbel::broker::{Broker, Notebook, QueueAdmin};
use umbel::bus::Speaker;
use umbel::bus::local::LocalBus;
use umbel::client::{Client, ClientParts};
use umbel::clock::{Clock as _, SharedClock};
use umbel::config::Config;
use umbel::protocol::envelope::Accept;
use umbel::protocol::keys::BrokerKeys;
use umbel::protocol::{Message, TaskId};
use umbel::redis_link::{Address, Link};
use umbel::results::sqlite::SqliteResults;
use umbel::schedule::Tz;
use umbel::service::Services;
use umbel::store::{CONFIRMED, Db, Durability};
use umbel::testing::ManualClock;

const PATIENCE: Duration = Duration::from_secs(60);
const LEASE: Duration = Duration::from_secs(30);
/// Long enough for every queue of a test.
const ALL: usize = 10_000;

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Sqlite,
    Redis,
}

/// Broker, clock and what is known of ended tasks. Outlives the schedulers.
pub(super) struct Stage {
    pub(super) clock: ManualClock,
    pub(super) notebook: Arc<dyn Notebook>,
    admin: Arc<dyn QueueAdmin>,
    client: Client,
    ended: Ended,
    /// How many schedulers there are.
    processes: Arc<AtomicUsize>,
    /// Dropped last.
    place: Place,
}

enum Place {
    Folder { _folder: TempDir },
    Server { server: RedisServer, _services: Services, _folder: TempDir },
}

/// The tasks that have ended, as the test says.
#[derive(Clone, Default)]
pub(super) struct Ended(Arc<Mutex<HashSet<TaskId>>>);

impl Ends for Ended {
    fn ended(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Vec<bool>> {
        let ended = self.0.lock().expect("sound");
        std::future::ready(ids.iter().map(|id| ended.contains(id)).collect()).boxed()
    }
}

/// A scheduler, as one of a process.
pub(super) struct Process {
    pub(super) beat: Beat,
    services: Services,
    processes: Arc<AtomicUsize>,
}

impl Stage {
    pub(super) async fn new(kind: Kind) -> Self {
        let clock = ManualClock::new();
        let shared: SharedClock = Arc::new(clock.clone());
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open(&folder.path().join("umbel.db"), Durability::Disk, CONFIRMED).expect("a database");
        let results = Arc::new(SqliteResults::new(db.clone(), Arc::clone(&shared), None));
        let (admin, notebook, place): (Arc<dyn QueueAdmin>, Arc<dyn Notebook>, _) = match kind {
            Kind::Sqlite => {
                let broker = SqliteBroker::open(db, Arc::clone(&shared), LEASE).await.expect("a broker");
                let broker = Arc::new(broker);
                (broker.clone(), broker, Place::Folder { _folder: folder })
            }
            Kind::Redis => {
                let server = RedisServer::start();
                let address = Address::parse(&server.url()).expect("a URL");
                let link = Link::open(address, Arc::clone(&shared)).await.expect("let in");
                let services = Services::new();
                services.start("redis.link", |stop| link.clone().keep(stop));
                let settings = RedisSettings {
                    keys: BrokerKeys::new(0),
                    accept: Accept::json(),
                    lease: LEASE,
                    visibility_timeout: Duration::from_secs(3600),
                };
                let broker = Arc::new(RedisBroker::new(link, Arc::clone(&shared), settings));
                let place = Place::Server { server, _services: services, _folder: folder };
                (broker.clone(), broker, place)
            }
        };
        let broker: Arc<dyn Broker> = notebook.clone();
        let client = Client::new(ClientParts {
            broker,
            results,
            bus: Arc::new(LocalBus::new()),
            clock: Arc::clone(&shared),
            speaker: Speaker::new("gen1@test", shared),
            default_queue: "celery".to_owned(),
            routes: HashMap::new(),
            body_limit: 64 * 1024,
        });
        Self { clock, notebook, admin, client, ended: Ended::default(), processes: Arc::default(), place }
    }

    /// Starts a scheduler with entries of its file, and waits until it leads or stands by.
    pub(super) async fn start(&self, node: &str, entries: &[(&str, Value)]) -> Process {
        self.start_with(node, entries, |_| {}).await
    }

    pub(super) async fn start_with(
        &self,
        node: &str,
        entries: &[(&str, Value)],
        change: impl FnOnce(&mut BeatParts),
    ) -> Process {
        let origin = Origin::File { path: "umbel.toml".to_owned(), node: node.to_owned() };
        let declared = entries.iter().map(|(name, entry)| Declared {
            name: (*name).to_owned(),
            origin: origin.clone(),
            entry: entry.clone(),
        });
        let clock: SharedClock = Arc::new(self.clock.clone());
        let mut parts = BeatParts {
            notebook: Arc::clone(&self.notebook),
            client: self.client.clone(),
            clock: Arc::clone(&clock),
            ends: Arc::new(self.ended.clone()),
            sightings: Sightings::new(clock),
            declared: declared.collect(),
            settings: BeatSettings {
                node: node.to_owned(),
                zone: Tz::UTC,
                starting_deadline: None,
                max_loop_interval: Duration::from_secs(300),
                lease: Config::default().beat.lease,
                tasks: None,
                is_watched: true,
            },
        };
        change(&mut parts);
        let services = Services::new();
        let beat = Beat::start(&services, parts);
        self.processes.fetch_add(1, Ordering::Relaxed);
        self.rest().await;
        Process { beat, services, processes: Arc::clone(&self.processes) }
    }

    /// Moves the clock forward, in steps in which every scheduler does what it has to do.
    pub(super) async fn pass(&self, seconds: u64) {
        for _ in 0..seconds {
            self.leap(1).await;
        }
    }

    /// Moves the clock forward at once.
    pub(super) async fn leap(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.rest().await;
    }

    /// Waits until no scheduler has anything to do.
    pub(super) async fn rest(&self) {
        until("all schedulers sleep", || self.clock.is_quiet(self.processes.load(Ordering::Relaxed))).await;
    }

    pub(super) async fn messages(&self) -> Vec<Message> {
        self.messages_in("celery").await
    }

    pub(super) async fn messages_in(&self, queue: &str) -> Vec<Message> {
        let waiting = self.admin.peek(queue.to_owned(), 0, ALL).await.expect("a queue");
        waiting.into_iter().map(|waiting| waiting.message).collect()
    }

    /// When each message that waits was due, in seconds since the clock started.
    pub(super) async fn dues(&self) -> Vec<f64> {
        let start = self.clock.now() - chrono::TimeDelta::from_std(self.clock.elapsed()).expect("short");
        let due = |message: &Message| {
            let text = message.headers.extra["umbel_due"].as_str().expect("a moment");
            let due = umbel::protocol::time::parse(text).expect("ISO 8601");
            (due - start).as_seconds_f64()
        };
        self.messages().await.iter().map(due).collect()
    }

    /// The server, on that kind of stage.
    pub(super) fn redis(&self) -> &RedisServer {
        match &self.place {
            Place::Server { server, .. } => server,
            Place::Folder { .. } => panic!("this stage has no Redis"),
        }
    }

    /// Says that all that were sent have ended.
    pub(super) async fn all_end(&self) {
        let ids = self.messages().await.into_iter().map(|message| message.headers.id);
        self.ended.0.lock().expect("sound").extend(ids);
    }
}

impl Process {
    /// Waits until the scheduler has taken notice of what an entry has become.
    pub(super) async fn noticed(&self, name: &str) {
        until("it is noticed", || self.beat.entry(name).is_some_and(|entry| entry.is_noticed())).await;
    }

    pub(super) fn marks(&self, name: &str) -> Vec<Mark> {
        let entry = self.beat.entry(name).expect("it is there");
        entry.state().map(|state| state.marks).unwrap_or_default()
    }

    pub(super) async fn stop(self) {
        self.services.stop().await;
        self.processes.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(super) fn every(seconds: f64) -> Value {
    json!({"task": "proj.add", "schedule": seconds, "args": [1, 2]})
}

/// The fields of one laid over those of another.
pub(super) fn with(mut entry: Value, more: Value) -> Value {
    let more = more.as_object().expect("an object").clone();
    entry.as_object_mut().expect("an object").extend(more);
    entry
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let asking = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("in vain: {what}"));
}
