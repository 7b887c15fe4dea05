//! How far the Lamport clock is.

use super::{Act, Signature, Verb};
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    alias: None,
    signature: Signature { name: "clock", required: &[], optional: &[], open: true },
    act: Act::Now(|worker, _| Ok(json!({ "clock": worker.speaker.clock() }))),
};
