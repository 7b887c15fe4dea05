//! A sign of life.

use super::{Act, Signature, Verb, ok};

pub(super) const VERB: Verb = Verb {
    alias: None,
    signature: Signature { name: "ping", required: &[], optional: &[], open: true },
    act: Act::Now(|_, _| ok("pong")),
};
