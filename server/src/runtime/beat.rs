//! The scheduler's part of the composition.

use super::parts::Parts;
use crate::beat::{Beat, BeatParts, BeatSettings, Declared, Ends, Origin};
use crate::config::Config;
use crate::monitor::{Brief, Monitor};
use crate::protocol::TaskId;
use crate::results::ResultStore;
use crate::service::Services;
use crate::task::Tasks;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Starts the scheduler, unless this process leaves that to others.
pub(super) fn start(
    services: &Services,
    config: &Config,
    parts: &Parts,
    tasks: &Tasks,
    monitor: Option<&Monitor>,
) -> Option<Beat> {
    if !config.beat.enabled {
        return None;
    }
    let node = config.worker.name.clone();
    // Behind the embedded broker nobody else has tasks; on Redis there may be workers that have not come yet.
    let only_ours = config.broker.url.is_none() && config.worker.enabled;
    let parts = BeatParts {
        notebook: Arc::clone(&parts.seams.notebook),
        client: parts.client.clone(),
        clock: Arc::clone(&parts.clock),
        ends: Arc::new(Known { results: Arc::clone(&parts.seams.results), monitor: monitor.cloned() }),
        sightings: parts.sightings.clone(),
        declared: declared(config, tasks, &node),
        settings: BeatSettings {
            zone: config.beat.zone,
            starting_deadline: config.beat.starting_deadline,
            max_loop_interval: config.beat.max_loop_interval,
            lease: config.beat.lease,
            tasks: only_ours.then(|| tasks.iter().map(|task| task.name.clone()).collect()),
            is_watched: config.http.enabled,
            node,
        },
    };
    Some(Beat::start(services, parts))
}

fn declared(config: &Config, tasks: &Tasks, node: &str) -> Vec<Declared> {
    let in_file = config.beat.schedule.iter().map(|entry| Declared {
        name: entry.name.clone(),
        origin: Origin::File { path: entry.at.to_string(), node: node.to_owned() },
        entry: entry.value.clone(),
    });
    let in_code = tasks.entries().map(|(name, entry)| Declared {
        name: name.to_owned(),
        origin: Origin::Code { node: node.to_owned() },
        entry: entry.to_value(),
    });
    in_file.chain(in_code).collect()
}

/// A task has ended when its result says so, or else the monitor: not every task leaves a result.
struct Known {
    results: Arc<dyn ResultStore>,
    monitor: Option<Monitor>,
}

impl Ends for Known {
    fn ended(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Vec<bool>> {
        async move {
            let results = self.results.get(ids.clone()).await.unwrap_or_default();
            let known = match &self.monitor {
                Some(monitor) => monitor.ends(&ids).await.unwrap_or_default(),
                None => Vec::new(),
            };
            let by_result = |place: usize| {
                results.get(place).and_then(Option::as_ref).is_some_and(|meta| meta.status.is_ready())
            };
            let by_event =
                |place: usize| known.get(place).and_then(Option::as_ref).is_some_and(Brief::has_ended);
            (0..ids.len()).map(|place| by_result(place) || by_event(place)).collect()
        }
        .boxed()
    }
}
