//! Broker, results and bus, whichever they are: from here on nobody asks.

use super::embedded::{self, Embedded};
use super::{StartError, redis};
use crate::broker::{Broker, Notebook, QueueAdmin, Reach};
use crate::bus::{Bus, Speaker};
use crate::clock::SharedClock;
use crate::config::Config;
use crate::results::ResultStore;
use crate::service::Services;
use crate::store::DataFolder;
use std::sync::Arc;
use tokio::sync::watch;

pub(super) struct Seams {
    pub(super) broker: Arc<dyn Broker>,
    pub(super) admin: Arc<dyn QueueAdmin>,
    pub(super) notebook: Arc<dyn Notebook>,
    pub(super) results: Arc<dyn ResultStore>,
    pub(super) bus: Arc<dyn Bus>,
    /// The node we are on it.
    pub(super) speaker: Speaker,
    /// Whether the broker can be reached.
    #[cfg_attr(not(feature = "web"), expect(dead_code, reason = "only the dashboard tells it"))]
    pub(super) reach: watch::Receiver<Reach>,
    /// Where the broker is, for people.
    #[cfg_attr(not(feature = "web"), expect(dead_code, reason = "only the dashboard tells it"))]
    pub(super) place: String,
    pub(super) embedded: Option<Embedded>,
}

/// Opens what the configuration names. The folder is there where anything is kept on this machine.
pub(super) async fn open(
    config: &Config,
    folder: Option<&DataFolder>,
    clock: &SharedClock,
    storage: &Services,
) -> Result<Seams, StartError> {
    match (&config.broker.url, folder) {
        (Some(address), _) => redis::open(config, address, clock, storage).await,
        (None, Some(folder)) => {
            let mut seams = embedded::open(config, folder, clock, storage).await?;
            if config.results.url.is_some() {
                seams.results = redis::results(config, None, clock, storage).await?;
            }
            Ok(seams)
        }
        (None, None) => unreachable!("an embedded broker has a folder"),
    }
}
