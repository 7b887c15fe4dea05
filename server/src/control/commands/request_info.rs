//! A task as the lists of a worker show it.

use crate::broker::Delivery;
use crate::protocol::{Body, Message, time};
use crate::worker::{Running, Shared};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// How arguments are shown.
#[derive(Clone, Copy)]
pub(super) enum Show {
    /// As they are.
    Values,
    /// As text, for whoever must not trip over them.
    Reprs,
}

/// One that runs. `None` once it has ended.
pub(super) fn running(worker: &Shared, task: &Running, show: Show) -> Option<Value> {
    task.look(|delivery| describe(worker, &delivery.message, delivery.redelivered, Some(task.started), show))
}

/// One that this worker has in hand and that has not begun.
pub(super) fn reserved(worker: &Shared, delivery: &Delivery) -> Value {
    describe(worker, &delivery.message, delivery.redelivered, None, Show::Values)
}

/// One that waits in the broker.
pub(super) fn waiting(worker: &Shared, message: &Message) -> Value {
    describe(worker, message, false, None, Show::Values)
}

fn describe(
    worker: &Shared,
    message: &Message,
    redelivered: bool,
    started: Option<DateTime<Utc>>,
    show: Show,
) -> Value {
    let headers = &message.headers;
    let (args, kwargs) = match (show, Body::decode(&message.body)) {
        (Show::Values, Ok(body)) => (body.args.into(), body.kwargs.into()),
        // What cannot be read is shown as its sender described it.
        _ => (headers.argsrepr.as_str().into(), headers.kwargsrepr.as_str().into()),
    };
    let (args, kwargs): (Value, Value) = (args, kwargs);
    json!({
        "id": headers.id,
        "name": headers.shadow.as_ref().unwrap_or(&headers.task),
        "args": args,
        "kwargs": kwargs,
        "type": headers.task,
        "hostname": worker.speaker.hostname(),
        "time_start": started.map(time::to_epoch),
        // Messages are acknowledged when their results are stored.
        "acknowledged": false,
        "delivery_info": {
            "exchange": "",
            "routing_key": message.queue,
            "priority": message.priority,
            "redelivered": redelivered,
        },
        "worker_pid": started.map(|_| std::process::id()),
    })
}
