//! Where tasks are, by their ids.

use super::refusal::Refusal;
use super::request_info::{self, Show};
use super::{Act, Arguments, Outcome, Signature, Verb};
use crate::protocol::TaskId;
use crate::worker::Shared;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// More ids than this are not looked for in one go: each is a question to the broker.
const MOST: usize = 1000;

pub(super) const VERB: Verb = Verb {
    alias: None,
    signature: Signature { name: "query_task", required: &["ids"], optional: &[], open: true },
    act: Act::Soon(answer),
};

fn answer<'a>(worker: &'a Shared, arguments: &'a Arguments<'a>) -> BoxFuture<'a, Outcome> {
    async move {
        let mut wanted = ids(arguments.get("ids"))?;
        let mut found = Map::new();
        let mut put = |id: &str, state: &str, info: Value| found.insert(id.to_owned(), json!([state, info]));
        for task in worker.hand.all().iter().filter(|task| wanted.contains(task.id.as_str())) {
            if let Some(info) = request_info::running(worker, task, Show::Values) {
                put(task.id.as_str(), "active", info);
            }
        }
        for info in worker.room.look(|delivery| request_info::reserved(worker, delivery)) {
            if let Some(id) = info["id"].as_str().filter(|id| wanted.contains(*id)).map(str::to_owned) {
                put(&id, "reserved", info);
            }
        }
        wanted.retain(|id| !found.contains_key(*id));
        for id in wanted {
            let place = worker.admin.find(TaskId::from(id)).await;
            let place = place.map_err(|error| Refusal::python("OperationalError", &error.to_string()))?;
            // One that is ready is nobody's yet, so no worker knows of it.
            if let Some(held) = place.filter(|place| place.until.is_some()) {
                let info = request_info::waiting(worker, &held.message);
                found.insert(id.to_owned(), json!(["scheduled", info]));
            }
        }
        Ok(Value::Object(found))
    }
    .boxed()
}

fn ids(value: &Value) -> Result<HashSet<&str>, Refusal> {
    let wrong = || Refusal::python("TypeError", "ids must be a string or a list of strings");
    let ids: HashSet<&str> = match value {
        Value::Array(ids) => ids.iter().map(Value::as_str).collect::<Option<_>>().ok_or_else(wrong)?,
        one => HashSet::from([one.as_str().ok_or_else(wrong)?]),
    };
    if ids.len() > MOST {
        return Err(Refusal::python("ValueError", &format!("ask for at most {MOST} ids at once")));
    }
    Ok(ids)
}
