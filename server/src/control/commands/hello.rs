//! The greeting of a worker that has just started: it brings the ids it knows to be revoked, and takes ours along.

use super::{Act, Arguments, Outcome, Signature, Verb};
use crate::worker::{Shared, merge_revoked};
use serde_json::{Value, json};

pub(super) const VERB: Verb = Verb {
    alias: None,
    signature: Signature { name: "hello", required: &["from_node"], optional: &["revoked"], open: true },
    act: Act::Now(answer),
};

fn answer(worker: &Shared, arguments: &Arguments<'_>) -> Outcome {
    let node = arguments.text("from_node")?;
    if node == worker.speaker.hostname() {
        return Ok(Value::Null);
    }
    tracing::info!("sync with {node}");
    merge_revoked(worker, arguments.get("revoked"));
    Ok(json!({ "revoked": worker.revoked.ids(), "clock": worker.speaker.clock() + 1 }))
}
