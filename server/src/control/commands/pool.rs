//! How many tasks run at once.

use super::refusal::Refusal;
use super::{Act, Arguments, Outcome, Signature, Verb, ok};
use crate::worker::Shared;

pub(super) const GROW: Verb = Verb {
    alias: None,
    signature: Signature { name: "pool_grow", required: &[], optional: &["n"], open: true },
    act: Act::Now(grow),
};

pub(super) const SHRINK: Verb = Verb {
    alias: None,
    signature: Signature { name: "pool_shrink", required: &[], optional: &["n"], open: true },
    act: Act::Now(shrink),
};

/// There are no child processes that could be started afresh.
pub(super) const RESTART: Verb = Verb {
    alias: None,
    signature: Signature {
        name: "pool_restart",
        required: &[],
        optional: &["modules", "reload", "reloader"],
        open: true,
    },
    act: Act::Now(|_, _| Err(Refusal::python("ValueError", "Pool restarts not enabled"))),
};

/// Tasks are no processes and idle slots cost nothing, so there is nothing to scale by load.
pub(super) const AUTOSCALE: Verb = Verb {
    alias: None,
    signature: Signature { name: "autoscale", required: &[], optional: &["max", "min"], open: false },
    act: Act::Now(|_, _| Err(Refusal::python("ValueError", "Autoscale not enabled"))),
};

fn grow(worker: &Shared, arguments: &Arguments<'_>) -> Outcome {
    let size = worker
        .slots
        .grow(count(arguments)?)
        .map_err(|most| Refusal::python("ValueError", &format!("a pool has at most {most} slots")))?;
    tracing::info!(slots = size, "the pool grows, as remote control asked for");
    ok("pool will grow")
}

fn shrink(worker: &Shared, arguments: &Arguments<'_>) -> Outcome {
    let size = worker.slots.shrink(count(arguments)?).map_err(|size| {
        let plural = if size == 1 { "" } else { "s" };
        Refusal::python("ValueError", &format!("the pool has {size} slot{plural} and keeps at least one"))
    })?;
    tracing::info!(slots = size, "the pool shrinks, as remote control asked for");
    ok("pool will shrink")
}

fn count(arguments: &Arguments<'_>) -> Result<usize, Refusal> {
    let n = arguments.whole("n", 1)?;
    usize::try_from(n).map_err(|_| Refusal::python("ValueError", "n must not be below zero"))
}
