//! A real worker on a real Redis, controlled from outside as Celery's tools do it.

use super::program::Running;
use crate::support::redis::RedisServer;
use redis::Commands as _;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use umbel::broker::redis::{RedisBroker, RedisSettings};
use umbel::bus::Speaker;
use umbel::bus::redis::RedisBus;
use umbel::clock::SystemClock;
use umbel::control::ControlClient;
use umbel::protocol::envelope::Accept;
use umbel::protocol::keys::{BrokerKeys, ResultKeys};
use umbel::redis_link::{Address, Link};
use umbel::results::redis::RedisResults;
use umbel::service::Services;

const NODE: &str = "umbel@fixture.example";
const PATIENCE: Duration = Duration::from_secs(60);

/// Whoever asks from another process.
async fn outsider(server: &RedisServer, services: &Services) -> ControlClient {
    let clock = SystemClock::shared();
    let address = Address::parse(&server.url()).expect("an address");
    let link = Link::open(address, Arc::clone(&clock)).await.expect("a Redis");
    services.start("redis.link", |stop| link.clone().keep(stop));
    let speaker = Speaker::new("gen1@test", Arc::clone(&clock));
    let bus = RedisBus::new(link.clone(), BrokerKeys::new(0), speaker.clone(), Arc::clone(&clock));
    bus.start(services);
    let settings = RedisSettings {
        keys: BrokerKeys::new(0),
        accept: Accept::json(),
        lease: Duration::from_secs(30),
        visibility_timeout: Duration::from_secs(3600),
    };
    let broker = RedisBroker::new(link.clone(), Arc::clone(&clock), settings);
    let results = RedisResults::new(link, ResultKeys::new(""), None);
    ControlClient::new(Arc::new(bus), Arc::new(broker), Arc::new(results), clock, speaker)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_on_redis_obeys_and_stops_when_it_is_told_to() {
    let server = RedisServer::start();
    let folder = TempDir::new().expect("a folder");
    let (mut running, _) = Running::start(folder.path(), &["--broker", &server.url(), "--name", NODE]);
    let services = Services::new();
    let control = outsider(&server, &services).await;

    // What is said on Redis before somebody listens is not heard, and the banner may come before that.
    let there = async { while control.ping(Some(NODE), Duration::from_secs(1)).await != [NODE] {} };
    tokio::time::timeout(PATIENCE, there).await.expect("a sign of life in time");
    assert_eq!(control.pool_grow(NODE, 2).await.expect("a consent"), "pool will grow");
    let stats = control.inspect(Some(NODE), "stats", json!({}), PATIENCE).await.remove(0).value;
    assert_eq!(
        (&stats["broker"]["transport"], &stats["broker"]["port"]),
        (&json!("redis"), &json!(server.port()))
    );
    let topic =
        json!({"queue": "newt", "exchange": "newt_ex", "exchange_type": "topic", "routing_key": "a.#"});
    let said = control.inspect(Some(NODE), "add_consumer", topic, PATIENCE).await.remove(0).value;
    assert_eq!(said, json!({"ok": "add consumer newt"}));
    // As pidbox/shutdown_after.json has recorded it.
    let mut redis = server.connect();
    for key in ["_kombu.binding.newt_ex", "_kombu.binding_permanent.newt_ex"] {
        let members: BTreeSet<String> = redis.smembers(key).expect("a set");
        assert_eq!(members, BTreeSet::from(["a.#\u{6}\u{16}^a\\..*?$\u{6}\u{16}newt".to_owned()]));
    }

    control.shutdown(NODE).await.expect("it is there");
    running.until("Stopped.");
    assert_eq!(running.end(), Some(0));
    services.stop().await;
}
