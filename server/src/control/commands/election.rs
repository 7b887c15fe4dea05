//! Has one of all workers do something.

use super::{Act, Arguments, Outcome, Signature, Verb};
use crate::worker::{Shared, elect};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

pub(super) const VERB: Verb = Verb {
    alias: None,
    signature: Signature { name: "election", required: &["id", "topic"], optional: &["action"], open: true },
    act: Act::Soon(answer),
};

fn answer<'a>(worker: &'a Shared, arguments: &'a Arguments<'a>) -> BoxFuture<'a, Outcome> {
    async move {
        let action = arguments.get("action").clone();
        elect(worker, arguments.text("id")?, arguments.text("topic")?, action).await;
        Ok(Value::Null)
    }
    .boxed()
}
