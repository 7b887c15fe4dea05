//! Stops the whole process warmly. It is never answered: whoever asked sees the worker go.

use super::{Act, Signature, Verb};

pub(super) const VERB: Verb = Verb {
    alias: None,
    signature: Signature { name: "shutdown", required: &[], optional: &["msg"], open: true },
    act: Act::Silent(|worker| {
        tracing::warn!("told by remote control to stop");
        worker.shutdown.cancel();
    }),
};
