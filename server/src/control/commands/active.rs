//! What this worker has in hand: tasks that run, and those that wait here for the last moment before they may.

use super::request_info::{self, Show};
use super::{Act, Arguments, Outcome, Signature, Verb};
use crate::worker::Shared;

pub(super) const ACTIVE: Verb = Verb {
    alias: Some("dump_active"),
    signature: Signature { name: "active", required: &[], optional: &["safe"], open: true },
    act: Act::Now(active),
};

/// Slots bound what a worker takes, so only tasks at their rate limit are received and not begun.
pub(super) const RESERVED: Verb = Verb {
    alias: Some("dump_reserved"),
    signature: Signature { name: "reserved", required: &[], optional: &[], open: true },
    act: Act::Now(|worker, _| {
        let reserved = worker.room.look(|delivery| request_info::reserved(worker, delivery));
        Ok(reserved.into())
    }),
};

fn active(worker: &Shared, arguments: &Arguments<'_>) -> Outcome {
    let show = if arguments.is_true("safe") { Show::Reprs } else { Show::Values };
    let mut running = worker.hand.all();
    running.sort_by(|a, b| (a.started, &a.id).cmp(&(b.started, &b.id)));
    Ok(running.iter().filter_map(|task| request_info::running(worker, task, show)).collect())
}
