//! A queue as a row: what the broker counts, and what the monitor sees of it.

use crate::broker::QueueStatus;
use crate::monitor::{QueueRate, WorkerRecord};
use app::view::QueueRow;
use std::collections::{BTreeMap, BTreeSet};

/// One row for every queue that holds something or is taken from, by name.
pub(crate) fn rows(
    statuses: Vec<QueueStatus>,
    workers: &[WorkerRecord],
    rates: &[QueueRate],
    known: impl IntoIterator<Item = String>,
) -> Vec<QueueRow> {
    let consumed =
        workers.iter().filter(|worker| worker.online).flat_map(|worker| worker.queues.iter().cloned());
    let names: BTreeSet<String> =
        consumed.chain(known).chain(statuses.iter().map(|status| status.name.clone())).collect();
    let mut statuses: BTreeMap<String, QueueStatus> =
        statuses.into_iter().map(|status| (status.name.clone(), status)).collect();
    names
        .into_iter()
        .map(|name| {
            let status = statuses.remove(&name);
            let rate = rates.iter().find(|rate| *rate.queue == *name).map_or(0.0, |rate| rate.rate);
            let takers =
                workers.iter().filter(|worker| worker.online && worker.queues.contains(&name)).count();
            QueueRow {
                ready: status.as_ref().map_or(0, |status| status.ready),
                held: status.as_ref().map_or(0, |status| status.held),
                in_hand: status.as_ref().map_or(0, |status| status.in_hand),
                oldest: status.and_then(|status| status.oldest).map(|oldest| oldest.timestamp_millis()),
                workers: u32::try_from(takers).unwrap_or(u32::MAX),
                rate,
                history: Vec::new(),
                name,
            }
        })
        .collect()
}

/// The row of a queue that holds nothing and that nobody takes from.
pub(crate) fn nothing(name: String) -> QueueRow {
    QueueRow { name, ready: 0, held: 0, in_hand: 0, oldest: None, workers: 0, rate: 0.0, history: Vec::new() }
}
