//! Which queues the worker takes messages from.

use super::refusal::Refusal;
use super::{Act, Arguments, Outcome, Signature, Verb, ok};
use crate::protocol::keys::Binding;
use crate::worker::Shared;
use crate::worker::queues::{MOST, Queue};
use futures_util::FutureExt;
use serde_json::{Value, json};

const LONGEST_NAME: usize = 255;

pub(super) const ACTIVE: Verb = Verb {
    alias: None,
    signature: Signature { name: "active_queues", required: &[], optional: &[], open: false },
    act: Act::Now(|worker, _| Ok(worker.queues.now().queues.iter().map(shown).collect())),
};

pub(super) const ADD: Verb = Verb {
    alias: None,
    signature: Signature {
        name: "add_consumer",
        required: &["queue"],
        optional: &["exchange", "exchange_type", "routing_key"],
        open: true,
    },
    act: Act::Soon(|worker, arguments| add(worker, arguments).boxed()),
};

pub(super) const CANCEL: Verb = Verb {
    alias: None,
    signature: Signature { name: "cancel_consumer", required: &["queue"], optional: &[], open: true },
    act: Act::Now(cancel),
};

async fn add(worker: &Shared, arguments: &Arguments<'_>) -> Outcome {
    let name = arguments.text("queue")?;
    if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        let rule = format!("a queue's name has 1 to {LONGEST_NAME} bytes and no control characters");
        return Err(Refusal::python("ValueError", &rule));
    }
    let or = |argument: &str, default: &str| -> Result<String, Refusal> {
        Ok(arguments.optional_text(argument)?.unwrap_or(default).to_owned())
    };
    let queue = Queue {
        name: name.to_owned(),
        exchange: or("exchange", name)?,
        exchange_type: or("exchange_type", "direct")?,
        routing_key: or("routing_key", name)?,
    };
    if queue != Queue::plain(name) {
        bind(worker, &queue).await?;
    }
    if !worker.queues.add(queue) {
        return Err(Refusal::python("ValueError", &format!("a worker serves at most {MOST} queues")));
    }
    tracing::info!(queue = name, "takes messages from one more queue");
    ok(format!("add consumer {name}"))
}

/// Lets the exchange know of the queue. One of the queue's own name is known by itself.
async fn bind(worker: &Shared, queue: &Queue) -> Result<(), Refusal> {
    let binding = match queue.exchange_type.as_str() {
        "direct" => Binding::direct(&queue.routing_key, &queue.name),
        "topic" => Binding::topic(&queue.routing_key, &queue.name),
        // What a fanout exchange tells is not kept anywhere, so no queue could get it.
        other => {
            let rule = format!("a queue is bound to a direct or a topic exchange, not to a {other} one");
            return Err(Refusal::python("ValueError", &rule));
        }
    };
    let bound = worker.broker.bind(queue.exchange.clone(), binding).await;
    bound.map_err(|error| Refusal::python("OperationalError", &error.to_string()))
}

fn cancel(worker: &Shared, arguments: &Arguments<'_>) -> Outcome {
    let name = arguments.text("queue")?;
    worker.queues.remove(name);
    tracing::info!(queue = name, "takes no more messages from a queue");
    ok(format!("no longer consuming from {name}"))
}

/// Everything Celery tells of a queue. What Umbel has no use for is at Celery's default.
fn shown(queue: &Queue) -> Value {
    json!({
        "name": queue.name,
        "exchange": {
            "name": queue.exchange,
            "type": queue.exchange_type,
            "arguments": null,
            "durable": true,
            "passive": false,
            "auto_delete": false,
            "delivery_mode": null,
            "no_declare": false,
        },
        "routing_key": queue.routing_key,
        "queue_arguments": null,
        "binding_arguments": null,
        "consumer_arguments": null,
        "durable": true,
        "exclusive": false,
        "auto_delete": false,
        "no_ack": false,
        "alias": null,
        "bindings": [],
        "no_declare": null,
        "expires": null,
        "message_ttl": null,
        "max_length": null,
        "max_length_bytes": null,
        "max_priority": null,
    })
}
