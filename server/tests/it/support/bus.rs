//! A node on the bus of a test's own Redis.

use super::redis::RedisServer;
use std::sync::Arc;
use std::time::Duration;
use umbel::bus::Speaker;
use umbel::bus::redis::RedisBus;
use umbel::clock::{SharedClock, SystemClock};
use umbel::protocol::keys::BrokerKeys;
use umbel::redis_link::{Address, Link};
use umbel::service::Services;

/// How long something may take on a busy machine before the test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Node {
    pub(crate) bus: RedisBus,
    pub(crate) speaker: Speaker,
    pub(crate) services: Services,
}

impl Node {
    pub(crate) async fn join(server: &RedisServer, name: &str) -> Self {
        Self::join_at(&server.url(), name).await
    }

    pub(crate) async fn join_at(url: &str, name: &str) -> Self {
        let clock: SharedClock = SystemClock::shared();
        let speaker = Speaker::new(name, Arc::clone(&clock));
        let address = Address::parse(url).expect("a sound URL");
        let keys = BrokerKeys::new(address.db());
        let link = Link::open(address, Arc::clone(&clock)).await.expect("it lets us in");
        let services = Services::new();
        services.start("redis.link", |stop| link.clone().keep(stop));
        let bus = RedisBus::new(link, keys, speaker.clone(), clock);
        bus.start(&services);
        Self { bus, speaker, services }
    }
}

/// Asks again and again until the answer is yes.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let asking = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("in vain: {what}"));
}

/// Waits until as many listen to events and to requests.
pub(crate) async fn until_heard(server: &RedisServer, events: u64, requests: u64) {
    let mut connection = server.connect();
    until("somebody listens", || {
        let mut ask = |command: &[&str]| -> redis::Value {
            let mut words = redis::cmd("PUBSUB");
            words.arg(command).query(&mut connection).expect("it answers")
        };
        let patterns: u64 = redis::from_redis_value(ask(&["NUMPAT"])).expect("a number");
        let (_, channels): (String, u64) =
            redis::from_redis_value(ask(&["NUMSUB", "/0.celery.pidbox"])).expect("a number");
        patterns == events && channels == requests
    })
    .await;
}
