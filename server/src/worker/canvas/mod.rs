//! What follows a task: callbacks, errbacks, the next step of its chain, its part in a chord. Celery calls it canvas.
//!
//! The order is Celery's. After a success what follows is published first, so that it can be listed among the result's
//! children, then the result is stored, then the end is counted in its chord. After a failure the result is stored,
//! also that of the steps which will not run any more, then the end is counted, then errbacks are called. The message
//! is given up last of all.
//!
//! So nothing that follows is ever lost, and what can happen twice is this: should a worker die before it has given the
//! message up, the task is run again, and sends again what follows it. The ids are the same as before ([`ids`]), ends
//! count once, and only the end that completed a chord can complete it again; a follower can run twice, under one id.

mod builtin;
mod expand;
mod fail;
mod follow;
mod freeze;
mod ids;
mod join;
mod node;
mod options;
mod plan;
mod run;
mod steps;
mod tuple;

pub(super) use builtin::with_builtins;
pub(super) use follow::Follow;
pub(super) use run::{finish, send};

use super::Shared;
use crate::protocol::{Exception, Message, TaskId, result};
use chrono::{DateTime, Utc};
use expand::Sender;
use serde_json::Value;
use serde_json::value::RawValue;
use tuple::ResultTuple;

/// What a success sets off; or the failure it becomes, because what follows it cannot be sent.
pub(super) fn success(
    shared: &Shared,
    message: &Message,
    value: &RawValue,
    now: DateTime<Utc>,
) -> Result<Option<Box<Follow>>, Exception> {
    follow::success(sender(shared, now), message, value)
        .map_err(|error| Exception::builtin("ValueError", error.to_string()))
}

/// What a failure sets off.
pub(super) fn failure(
    shared: &Shared,
    message: &Message,
    error: &Exception,
    traceback: Option<&str>,
    now: DateTime<Utc>,
) -> Option<Box<Follow>> {
    follow::failure(sender(shared, now), message, error, traceback)
}

/// What a revocation sets off.
pub(super) fn revoked(message: &Message, error: &RawValue) -> Option<Box<Follow>> {
    follow::revoked(message, error)
}

/// The children of a task, as its result lists them: what it has sent itself, then what follows it.
pub(super) fn children(sent: &[TaskId], follows: &[Value]) -> Box<RawValue> {
    let sent = sent.iter().map(|id| ResultTuple::task(id.as_str()).to_value());
    let all: Vec<Value> = sent.chain(follows.iter().cloned()).collect();
    result::raw(&all).expect("result tuples are texts and lists")
}

fn sender(shared: &Shared, now: DateTime<Utc>) -> Sender<'_> {
    Sender { client: &shared.client, tasks: &shared.tasks, now }
}
