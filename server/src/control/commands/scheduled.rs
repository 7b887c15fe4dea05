//! What waits for its moment. Celery's workers keep such tasks in memory; with us they wait in the broker, so this
//! looks into the queues the worker serves, and each of several workers tells the same.

use super::refusal::Refusal;
use super::request_info;
use super::{Act, Arguments, Outcome, Signature, Verb};
use crate::broker::{BrokerError, Waiting};
use crate::protocol::time;
use crate::worker::Shared;
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

/// More than this are not told: an answer is for people, and must fit into a message.
const MOST: usize = 1000;
/// What Celery's timer gives every task.
const PRIORITY: u8 = 6;

pub(super) const VERB: Verb = Verb {
    alias: Some("dump_schedule"),
    signature: Signature { name: "scheduled", required: &[], optional: &[], open: true },
    act: Act::Soon(answer),
};

fn answer<'a>(worker: &'a Shared, _: &'a Arguments<'a>) -> BoxFuture<'a, Outcome> {
    async move {
        let held =
            held(worker).await.map_err(|error| Refusal::python("OperationalError", &error.to_string()))?;
        Ok(held.into_iter().filter_map(|waiting| entry(worker, &waiting)).collect())
    }
    .boxed()
}

async fn held(worker: &Shared) -> Result<Vec<Waiting>, BrokerError> {
    let served = worker.queues.now();
    let mut held = Vec::new();
    for queue in worker.admin.queues().await? {
        if queue.held > 0 && served.names.contains(&queue.name) {
            // Those on hold come after those that are ready.
            let ready = usize::try_from(queue.ready).unwrap_or(usize::MAX);
            held.extend(worker.admin.peek(queue.name, ready, MOST - held.len()).await?);
        }
        if held.len() >= MOST {
            break;
        }
    }
    Ok(held)
}

fn entry(worker: &Shared, waiting: &Waiting) -> Option<Value> {
    let request = request_info::waiting(worker, &waiting.message);
    Some(json!({ "eta": moment(waiting.until?), "priority": PRIORITY, "request": request }))
}

fn moment(until: DateTime<Utc>) -> String {
    time::format(until)
}
