//! Flags tasks as revoked, and with `terminate` stops those that run here.

use crate::protocol::TaskId;
use crate::worker::Shared;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Arguments {
    task_id: OneOrMany,
    #[serde(default)]
    terminate: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(TaskId),
    Many(Vec<TaskId>),
}

pub(super) fn answer(worker: &Shared, arguments: &Value) -> Result<Value, String> {
    let arguments: Arguments =
        Deserialize::deserialize(arguments).map_err(|error| format!("TypeError('{error}')"))?;
    let ids = match arguments.task_id {
        OneOrMany::One(id) => vec![id],
        OneOrMany::Many(ids) => ids,
    };
    // Flag first: a message that is taken in between finds the flag.
    for id in &ids {
        worker.revoked.add(id.clone());
    }
    if arguments.terminate.unwrap_or(false) {
        let stopped: Vec<&str> = ids.iter().filter(|id| worker.hand.cancel(id)).map(TaskId::as_str).collect();
        let list = if stopped.is_empty() { "tasks unknown".to_owned() } else { stopped.join(", ") };
        return Ok(json!({ "ok": format!("terminate: {list}") }));
    }
    let list: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    Ok(json!({ "ok": format!("tasks {{{}}} flagged as revoked", list.join(", ")) }))
}
