//! A worker on Redis inside of the test: the parts a process puts together, where a test can get at them.

use super::PATIENCE;
use crate::support::redis::RedisServer;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use umbel::broker::Broker;
use umbel::broker::redis::{RedisBroker, RedisSettings};
use umbel::bus::local::LocalBus;
use umbel::bus::{Bus, Speaker};
use umbel::client::{Client, ClientParts, Send};
use umbel::clock::SystemClock;
use umbel::protocol::envelope::Accept;
use umbel::protocol::keys::{BrokerKeys, ResultKeys};
use umbel::protocol::{ResultMeta, State, TaskId};
use umbel::redis_link::{Address, Link};
use umbel::results::ResultStore;
use umbel::results::redis::RedisResults;
use umbel::service::Services;
use umbel::task::Tasks;
use umbel::worker::{Worker, WorkerParts, WorkerSettings};

/// What a process has in its hands before it works.
pub(super) struct Ends {
    pub(super) link: Link,
    pub(super) broker: RedisBroker,
    pub(super) results: RedisResults,
    services: Services,
}

/// How a test differs from others.
#[derive(Clone)]
pub(super) struct Ways {
    pub(super) broker_keys: BrokerKeys,
    pub(super) result_keys: ResultKeys,
    pub(super) lease: Duration,
    pub(super) visibility_timeout: Duration,
}

impl Default for Ways {
    fn default() -> Self {
        Self {
            broker_keys: BrokerKeys::new(0),
            result_keys: ResultKeys::new(""),
            lease: Duration::from_secs(10),
            visibility_timeout: Duration::from_secs(3600),
        }
    }
}

impl Ends {
    pub(super) async fn at(url: &str) -> Self {
        Self::with(url, Ways::default()).await
    }

    pub(super) async fn with(url: &str, ways: Ways) -> Self {
        let clock = SystemClock::shared();
        let address = Address::parse(url).expect("a sound URL");
        let link = Link::open(address, Arc::clone(&clock)).await.expect("let in");
        let services = Services::new();
        services.start("redis.link", |stop| link.clone().keep(stop));
        let settings = RedisSettings {
            keys: ways.broker_keys,
            accept: Accept::json(),
            lease: ways.lease,
            visibility_timeout: ways.visibility_timeout,
        };
        let broker = RedisBroker::new(link.clone(), clock, settings);
        services.start("broker.due", |stop| broker.clone().release_due(stop));
        let results = RedisResults::new(link.clone(), ways.result_keys, Some(Duration::from_secs(3600)));
        services.start("results.listen", |stop| results.clone().listen(stop));
        Self { link, broker, results, services }
    }

    pub(super) async fn stop(self) {
        self.services.stop().await;
    }
}

/// A worker and a client.
pub(super) struct Station {
    pub(super) ends: Ends,
    pub(super) client: Client,
    worker: Worker,
}

impl Station {
    pub(super) async fn on(server: &RedisServer, tasks: Tasks) -> Self {
        Self::at(&server.url(), tasks).await
    }

    pub(super) async fn at(url: &str, tasks: Tasks) -> Self {
        let ends = Ends::at(url).await;
        let clock = SystemClock::shared();
        let bus: Arc<dyn Bus> = Arc::new(LocalBus::new());
        let broker: Arc<dyn Broker> = Arc::new(ends.broker.clone());
        let results: Arc<dyn ResultStore> = Arc::new(ends.results.clone());
        let client = Client::new(ClientParts {
            broker: Arc::clone(&broker),
            results: Arc::clone(&results),
            bus: Arc::clone(&bus),
            clock: Arc::clone(&clock),
            speaker: Speaker::new("gen1@test", Arc::clone(&clock)),
            default_queue: "celery".to_owned(),
            routes: HashMap::new(),
            body_limit: 64 * 1024,
        });
        let worker = Worker::start(WorkerParts {
            broker,
            admin: Arc::new(ends.broker.clone()),
            results,
            bus,
            clock: Arc::clone(&clock),
            speaker: Speaker::new("umbel@test", clock),
            client: client.clone(),
            tasks: tasks.build().expect("sound tasks"),
            settings: WorkerSettings {
                concurrency: 4,
                lease: Duration::from_secs(10),
                ..WorkerSettings::default()
            },
            onlooker: Arc::new(|_| {}),
        })
        .expect("threads");
        Self { ends, client, worker }
    }

    /// How many tasks are running.
    pub(super) fn running(&self) -> usize {
        self.worker.running()
    }

    pub(super) async fn send(&self, name: &str, arguments: impl IntoIterator<Item = usize>) -> Vec<TaskId> {
        let sends = arguments.into_iter().map(|argument| Send::new(name).arg(argument)).collect();
        self.client.send_many(sends).await.expect("sent")
    }

    /// Insists that all of them succeed.
    pub(super) async fn succeed(&self, ids: &[TaskId]) -> Vec<Value> {
        let mut values = Vec::new();
        for id in ids {
            let meta = self.wait(id).await;
            assert_eq!(meta.status, State::Success, "{meta:?}");
            values.push(serde_json::from_str(meta.result.get()).expect("JSON"));
        }
        values
    }

    pub(super) async fn wait(&self, id: &TaskId) -> ResultMeta {
        // An outage may fall into the waiting: then it is asked again.
        let asked = async {
            loop {
                if let Ok(meta) = self.client.wait(id, PATIENCE).await {
                    return meta;
                }
                self.ends.link.connected().await;
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.expect("a result in time")
    }

    pub(super) async fn stop(self) {
        self.worker.stop(PATIENCE, &CancellationToken::new()).await;
        self.ends.stop().await;
    }
}
