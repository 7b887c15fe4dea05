//! Everything inside: messages and results in one database of the data folder, words in this process.

use super::StartError;
use super::seams::Seams;
use crate::broker::Reach;
use crate::broker::sqlite::SqliteBroker;
use crate::bus::Speaker;
use crate::bus::local::LocalBus;
use crate::clock::SharedClock;
use crate::config::Config;
use crate::results::sqlite::SqliteResults;
use crate::service::Services;
use crate::store::{CONFIRMED, DataFolder, Db, Durability};
use std::sync::Arc;
use tokio::sync::watch;

/// The parts as what they are: more can be asked of them than of any broker or store.
#[derive(Clone)]
pub(super) struct Embedded {
    pub(super) confirmed: Db,
    pub(super) broker: SqliteBroker,
    pub(super) results: SqliteResults,
    /// It is in this process: whoever can ask can reach it. Kept, so that those who watch it wait for ever.
    _reach: Arc<watch::Sender<Reach>>,
}

pub(super) async fn open(
    config: &Config,
    folder: &DataFolder,
    clock: &SharedClock,
    storage: &Services,
) -> Result<Seams, StartError> {
    let confirmed = Db::open(&folder.broker_database(), Durability::Disk, CONFIRMED)?;
    let broker = SqliteBroker::open(confirmed.clone(), Arc::clone(clock), config.worker.lease).await?;
    let results = SqliteResults::new(confirmed.clone(), Arc::clone(clock), config.results.expires);
    storage.start("broker.due", |stop| broker.clone().release_due(stop));
    let speaker = Speaker::new(&config.worker.name, Arc::clone(clock));
    let (prune, clock) = (results.clone(), Arc::clone(clock));
    storage.start("results.prune", |stop| super::housekeeping::prune(prune, clock, stop));
    let reach = Arc::new(watch::Sender::new(Reach::Reachable));
    Ok(Seams {
        broker: Arc::new(broker.clone()),
        admin: Arc::new(broker.clone()),
        notebook: Arc::new(broker.clone()),
        results: Arc::new(results.clone()),
        bus: Arc::new(LocalBus::new()),
        speaker,
        reach: reach.subscribe(),
        place: format!("embedded, {}", config.data_dir.display()),
        embedded: Some(Embedded { confirmed, broker, results, _reach: reach }),
    })
}
