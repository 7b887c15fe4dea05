//! Whether the worker tells of its tasks, and a heartbeat out of turn. It always tells of itself.

use super::{Act, Arguments, Outcome, Signature, Verb, ok};
use crate::protocol::EventKind;
use crate::worker::{Shared, info};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

pub(super) const ENABLE: Verb = Verb {
    alias: None,
    signature: Signature { name: "enable_events", required: &[], optional: &[], open: false },
    act: Act::Now(|worker, _| match worker.set_tells_of_tasks(true) {
        true => ok("task events already enabled"),
        false => ok("task events enabled"),
    }),
};

pub(super) const DISABLE: Verb = Verb {
    alias: None,
    signature: Signature { name: "disable_events", required: &[], optional: &[], open: false },
    act: Act::Now(|worker, _| match worker.set_tells_of_tasks(false) {
        true => ok("task events disabled"),
        false => ok("task events already disabled"),
    }),
};

pub(super) const HEARTBEAT: Verb = Verb {
    alias: None,
    signature: Signature { name: "heartbeat", required: &[], optional: &[], open: false },
    act: Act::Soon(heartbeat),
};

/// The frequency such a heartbeat carries in Celery, whatever the real one is.
const FREQ: f64 = 5.0;

fn heartbeat<'a>(worker: &'a Shared, _: &'a Arguments<'a>) -> BoxFuture<'a, Outcome> {
    async move {
        let mut heartbeat = info(worker);
        heartbeat.freq = FREQ;
        let event = worker.speaker.event(EventKind::WorkerHeartbeat(heartbeat));
        worker.bus.publish(vec![event]).await;
        Ok(Value::Null)
    }
    .boxed()
}
