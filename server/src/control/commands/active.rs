//! Which tasks run here right now.

use crate::protocol::time;
use crate::worker::Shared;
use serde_json::{Value, json};

pub(super) fn answer(worker: &Shared) -> Result<Value, String> {
    let node = worker.speaker.hostname();
    let tasks = worker.hand.all().into_iter().map(|task| {
        json!({
            "id": task.id,
            "name": task.name,
            "type": task.name,
            "hostname": node,
            "time_start": time::to_epoch(task.started),
            "acknowledged": false,
            "worker_pid": std::process::id(),
        })
    });
    Ok(tasks.collect())
}
