//! Flags tasks as revoked, and with `terminate` stops those that run here.

use super::refusal::Refusal;
use super::signum::signum;
use super::{Act, Arguments, Outcome, Signature, Verb, ok};
use crate::protocol::{Exception, ResultMeta, State, TaskId, result, time};
use crate::worker::Shared;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use std::collections::HashSet;

pub(super) const REVOKE: Verb = Verb {
    alias: None,
    signature: Signature {
        name: "revoke",
        required: &["task_id"],
        optional: &["terminate", "signal"],
        open: true,
    },
    act: Act::Soon(|worker, arguments| {
        async move {
            let terminate = arguments.is_true("terminate");
            revoke(worker, arguments, terminate).await
        }
        .boxed()
    }),
};

pub(super) const TERMINATE: Verb = Verb {
    alias: None,
    signature: Signature { name: "terminate", required: &["signal", "task_id"], optional: &[], open: true },
    act: Act::Soon(terminate),
};

fn terminate<'a>(worker: &'a Shared, arguments: &'a Arguments<'a>) -> BoxFuture<'a, Outcome> {
    revoke(worker, arguments, true).boxed()
}

async fn revoke(worker: &Shared, arguments: &Arguments<'_>, terminate: bool) -> Outcome {
    let ids = ids(arguments.get("task_id"))?;
    let signal = signum(arguments.get("signal"))?;
    // Flag first: a message that is taken in between finds the flag.
    ids.iter().for_each(|id| worker.revoked.add(id.clone()));
    record(worker, &ids).await;
    if !terminate {
        let list: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
        return ok(format!("tasks {{{}}} flagged as revoked", list.join(", ")));
    }
    let wanted: HashSet<&TaskId> = ids.iter().collect();
    let stopped = worker.hand.terminate(signal, |headers| wanted.contains(&headers.id));
    match stopped.as_slice() {
        [] => ok("terminate: tasks unknown"),
        some => ok(format!("terminate: {}", some.iter().map(TaskId::as_str).collect::<Vec<_>>().join(", "))),
    }
}

fn ids(value: &Value) -> Result<Vec<TaskId>, Refusal> {
    let wrong = || Refusal::python("TypeError", "task_id must be a string or a list of strings");
    let id = |value: &Value| value.as_str().map(TaskId::from).ok_or_else(wrong);
    match value {
        Value::Array(ids) => ids.iter().map(id).collect(),
        one => Ok(vec![id(one)?]),
    }
}

/// Says so at once where nobody has begun: whoever waits for the result need not wait until the message comes up.
async fn record(worker: &Shared, ids: &[TaskId]) {
    let here = worker.hand.ids();
    let others: Vec<TaskId> = ids.iter().filter(|id| !here.contains(id)).cloned().collect();
    let known = match worker.results.get(others.clone()).await {
        Ok(known) => known,
        // The message still finds the flag when it comes up, and the result is stored then.
        Err(error) => return tracing::warn!(%error, "failed to see which revoked tasks have begun"),
    };
    let done = time::format(worker.clock.now());
    let waits = |known: &Option<ResultMeta>| known.as_ref().is_none_or(|meta| has_not_begun(&meta.status));
    let metas = others.into_iter().zip(known).filter(|(_, known)| waits(known)).map(|(id, _)| {
        let reason = result::raw(&Exception::revoked("revoked")).expect("exceptions always serialise");
        let mut meta = ResultMeta::new(id, State::Revoked, reason);
        meta.date_done = Some(done.clone());
        meta
    });
    if let Err(error) = worker.results.put(metas.collect()).await {
        tracing::warn!(%error, "failed to store that tasks are revoked");
    }
}

fn has_not_begun(state: &State) -> bool {
    matches!(state, State::Pending | State::Received | State::Retry | State::Rejected)
}
