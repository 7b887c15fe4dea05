//! What the worker has counted, and how it is set up.

use crate::worker::Shared;
use serde_json::{Value, json};

pub(super) fn answer(worker: &Shared) -> Result<Value, String> {
    let stats = worker.stats.snapshot();
    Ok(json!({
        "total": stats.by_name,
        "pid": std::process::id(),
        "uptime": stats.uptime.as_secs(),
        "pool": {
            "implementation": "umbel:tasks",
            "max-concurrency": worker.settings.concurrency,
            "max-tasks-per-child": "N/A",
        },
        "prefetch_count": worker.settings.concurrency,
    }))
}
