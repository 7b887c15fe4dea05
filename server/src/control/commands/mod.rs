//! What a worker answers to a remote-control request: one file per verb, in Celery's words and shapes.
//!
//! Whatever goes wrong in a command becomes an answer `{"error": …}`; the worker goes on.

mod active;
mod ping;
mod registered;
mod revoke;
mod stats;

use crate::protocol::control::Request;
use crate::worker::Shared;
use serde_json::{Value, json};

pub(crate) fn answer(worker: &Shared, request: &Request) -> Value {
    let outcome = match request.method.as_str() {
        "ping" => ping::answer(),
        "revoke" => revoke::answer(worker, &request.arguments),
        "active" | "dump_active" => active::answer(worker),
        "registered" | "dump_tasks" => registered::answer(worker),
        "stats" => stats::answer(worker),
        other => Err(format!("KeyError('{other}')")),
    };
    outcome.unwrap_or_else(|error| json!({ "error": error }))
}
