//! Which ids must not run any more.

use super::{Act, Signature, Verb};
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    alias: Some("dump_revoked"),
    signature: Signature { name: "revoked", required: &[], optional: &[], open: true },
    act: Act::Now(|worker, _| Ok(json!(worker.revoked.ids()))),
};
