//! What the monitor needs to see workers of others in full: on Redis, where there may be any.

use super::inspect::{Asked, Inspection};
use super::parts::Parts;
use super::progress::Progress;
use crate::config::Config;
use crate::monitor::Monitor;
use crate::service::Services;
use std::sync::Arc;

pub(super) fn foreign_workers(services: &Services, config: &Config, parts: &Parts, monitor: &Monitor) {
    let inspection = Inspection {
        monitor: monitor.clone(),
        control: parts.control.clone(),
        admin: Arc::clone(&parts.seams.admin),
        bus: Arc::clone(&parts.seams.bus),
        clock: Arc::clone(&parts.clock),
        enable_events: config.enable_events,
        asked: Asked::default(),
    };
    services.start("monitor.inspect", |stop| inspection.run(stop));
    let results = Arc::clone(&parts.seams.results);
    let progress = Progress::new(monitor.clone(), results, Arc::clone(&parts.clock));
    services.start("monitor.progress", |stop| progress.run(stop));
}
