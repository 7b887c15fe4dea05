//! A broker of either kind, and the process that has opened it.

use super::{Bench, message};
use crate::support::redis::RedisServer;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use umbel::broker::redis::{RedisBroker, RedisSettings};
use umbel::broker::sqlite::SqliteBroker;
use umbel::broker::{Broker, Delivery, Notebook, QueueAdmin, Verdict};
use umbel::protocol::envelope::Accept;
use umbel::protocol::keys::BrokerKeys;
use umbel::redis_link::{Address, Link};
use umbel::testing::ManualClock;

pub(super) const LEASE: Duration = Duration::from_secs(30);

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Sqlite,
    Redis,
}

/// Where the broker keeps its messages; it outlives the process.
enum Place {
    Sqlite(Bench),
    Redis(RedisServer),
}

pub(super) struct World {
    place: Place,
    /// How many processes there have been.
    lives: u32,
    pub(super) clock: ManualClock,
    pub(super) broker: Arc<dyn Broker>,
    pub(super) admin: Arc<dyn QueueAdmin>,
    pub(super) notebook: Arc<dyn Notebook>,
    pub(super) release_due: Box<dyn Fn(CancellationToken) -> BoxFuture<'static, ()>>,
}

pub(super) async fn world(kind: Kind) -> World {
    match kind {
        Kind::Sqlite => {
            let bench = Bench::new();
            let clock = bench.clock.clone();
            enter(Place::Sqlite(bench), clock).await
        }
        Kind::Redis => enter(Place::Redis(RedisServer::start()), ManualClock::new()).await,
    }
}

/// A process opens its broker.
async fn enter(place: Place, clock: ManualClock) -> World {
    match &place {
        Place::Sqlite(bench) => {
            let broker = SqliteBroker::open(bench.db(), bench.clock(), LEASE).await.expect("a broker");
            World::around(place, clock, broker, |broker, stop| broker.release_due(stop).boxed())
        }
        Place::Redis(server) => {
            let broker = redis_broker(server, &clock).await;
            World::around(place, clock, broker, |broker, stop| broker.release_due(stop).boxed())
        }
    }
}

async fn redis_broker(server: &RedisServer, clock: &ManualClock) -> RedisBroker {
    let address = Address::parse(&server.url()).expect("a URL");
    let clock: umbel::clock::SharedClock = Arc::new(clock.clone());
    let link = Link::open(address, Arc::clone(&clock)).await.expect("let in");
    let settings = RedisSettings {
        keys: BrokerKeys::new(0),
        accept: Accept::json(),
        lease: LEASE,
        visibility_timeout: Duration::from_secs(3600),
    };
    RedisBroker::new(link, clock, settings)
}

impl World {
    fn around<B: QueueAdmin + Notebook + Clone + 'static>(
        place: Place,
        clock: ManualClock,
        broker: B,
        release_due: fn(B, CancellationToken) -> BoxFuture<'static, ()>,
    ) -> Self {
        Self {
            place,
            lives: 1,
            clock,
            broker: Arc::new(broker.clone()),
            admin: Arc::new(broker.clone()),
            notebook: Arc::new(broker.clone()),
            release_due: Box::new(move |stop| release_due(broker.clone(), stop)),
        }
    }

    pub(super) async fn publish(&self, id: &str, queue: &str, priority: u8) {
        self.broker.publish(vec![message(id, queue, priority)]).await.expect("published");
    }

    pub(super) async fn reserve(&self, queues: &[&str], max: usize) -> Vec<Delivery> {
        let queues: Vec<String> = queues.iter().map(ToString::to_string).collect();
        self.broker.reserve(&queues, max).await.expect("reserved")
    }

    pub(super) async fn settle(&self, delivery: &Delivery, verdict: Verdict) {
        self.broker.settle(vec![(delivery.tag, verdict)]).await.expect("settled");
    }

    /// `(ready, held, in hand)` of a queue.
    pub(super) async fn depth(&self, queue: &str) -> (u64, u64, u64) {
        let queues = self.admin.queues().await.expect("queues");
        let found = queues.into_iter().find(|status| status.name == queue);
        found.map_or((0, 0, 0), |status| (status.ready, status.held, status.in_hand))
    }

    /// The process dies and another one takes over.
    pub(super) async fn restart(self) -> World {
        let Self { place, lives, clock, broker, admin, notebook, release_due } = self;
        drop((broker, admin, notebook, release_due));
        let world = World { lives: lives + 1, ..enter(place, clock).await };
        if let Place::Redis(_) = world.place {
            // On a shared broker the dead are known by their silence. Each process starts with the server's time,
            // which knows nothing of our clock's leaps: each leaps farther than the one before it.
            world.clock.advance(LEASE * 2 * lives);
            world.broker.recover().await.expect("recovered");
        }
        world
    }
}
