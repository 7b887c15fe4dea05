//! Everything on Redis, where Python's producers, workers and tools are.

use super::StartError;
use super::seams::Seams;
use crate::broker::redis::{RedisBroker, RedisSettings};
use crate::bus::Speaker;
use crate::bus::redis::RedisBus;
use crate::clock::SharedClock;
use crate::config::Config;
use crate::redis_link::{Address, Link};
use crate::results::ResultStore;
use crate::results::redis::RedisResults;
use crate::service::Services;
use std::sync::Arc;

pub(super) async fn open(
    config: &Config,
    address: &Address,
    clock: &SharedClock,
    storage: &Services,
) -> Result<Seams, StartError> {
    let transport = &config.broker.transport;
    let address = address.clone().with_master_name(&transport.master_name);
    let link = connect("broker_url", address.clone(), clock, storage).await?;
    let keys = transport.keys(address.db());
    let settings = RedisSettings {
        keys: keys.clone(),
        accept: config.broker.accept.clone(),
        lease: config.worker.lease,
        visibility_timeout: transport.visibility_timeout,
    };
    let broker = RedisBroker::new(link.clone(), Arc::clone(clock), settings);
    storage.start("broker.due", |stop| broker.clone().release_due(stop));
    let results = results(config, Some(&link), clock, storage).await?;
    let speaker = Speaker::new(&config.worker.name, Arc::clone(clock));
    let bus = RedisBus::new(link.clone(), keys, speaker.clone(), Arc::clone(clock));
    bus.start(storage);
    Ok(Seams {
        admin: Arc::new(broker.clone()),
        notebook: Arc::new(broker.clone()),
        broker: Arc::new(broker),
        results,
        bus: Arc::new(bus),
        speaker,
        reach: link.reach(),
        place: address.to_string(),
        embedded: None,
    })
}

/// The result store: on the broker's connection where it is the same Redis, else on its own.
pub(super) async fn results(
    config: &Config,
    broker: Option<&Link>,
    clock: &SharedClock,
    storage: &Services,
) -> Result<Arc<dyn ResultStore>, StartError> {
    let transport = &config.results.transport;
    let url = config.results.url.clone().map(|url| url.with_master_name(&transport.master_name));
    let link = match (url, broker) {
        (Some(url), Some(link)) if !url.is_same(link.address()) => {
            connect("result_backend", url, clock, storage).await?
        }
        (Some(url), None) => connect("result_backend", url, clock, storage).await?,
        (_, Some(link)) => link.clone(),
        (None, None) => unreachable!("asked for a Redis only where there is one"),
    };
    let results = RedisResults::new(link, transport.keys(), config.results.expires);
    storage.start("results.listen", |stop| results.clone().listen(stop));
    Ok(Arc::new(results))
}

async fn connect(
    setting: &'static str,
    address: Address,
    clock: &SharedClock,
    storage: &Services,
) -> Result<Link, StartError> {
    let link = Link::open(address, Arc::clone(clock))
        .await
        .map_err(|error| StartError::Redis { setting, reason: error.to_string() })?;
    storage.start("redis.link", |stop| link.clone().keep(stop));
    Ok(link)
}
