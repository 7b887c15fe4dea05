//! The names of the tasks this worker can run.

use crate::worker::Shared;
use serde_json::Value;

pub(super) fn answer(worker: &Shared) -> Result<Value, String> {
    let mut names: Vec<_> = worker.tasks.iter().map(|task| task.name.clone()).collect();
    names.sort();
    Ok(names.into())
}
