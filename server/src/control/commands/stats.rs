//! What the worker has counted, and how it is set up.

use super::broker_url;
use super::rusage::rusage;
use super::{Act, Outcome, Signature, Verb};
use crate::worker::Shared;
use serde_json::{Value, json};

pub(super) const VERB: Verb = Verb {
    alias: None,
    signature: Signature { name: "stats", required: &[], optional: &[], open: true },
    act: Act::Now(|worker, _| answer(worker)),
};

fn answer(worker: &Shared) -> Outcome {
    let stats = worker.stats.snapshot();
    let url = worker.settings.conf.all.get("broker_url").and_then(Value::as_str).unwrap_or_default();
    let slots = worker.slots.size();
    Ok(json!({
        "total": stats.by_name,
        "pid": std::process::id(),
        "clock": worker.speaker.clock().to_string(),
        "uptime": stats.uptime.as_secs(),
        "pool": pool(worker, slots),
        "broker": broker_url::info(url),
        // Slots bound what a worker takes; nothing is fetched ahead of them.
        "prefetch_count": slots,
        "rusage": rusage(),
    }))
}

/// In the shape of Celery's pool of processes: one process, which is given every task.
fn pool(worker: &Shared, slots: usize) -> Value {
    let total: u64 = worker.stats.snapshot().processed;
    let active = worker.hand.all().len();
    json!({
        "implementation": "umbel:tasks",
        "max-concurrency": slots,
        "processes": [std::process::id()],
        "max-tasks-per-child": "N/A",
        "put-guarded-by-semaphore": false,
        "timeouts": [0, 0],
        "writes": {
            "total": total,
            "avg": if total > 0 { "1.00" } else { "0.00" },
            "all": if total > 0 { "1.00" } else { "" },
            "raw": if total > 0 { total.to_string() } else { String::new() },
            "strategy": "fair",
            "inqueues": { "total": 1, "active": u64::from(active > 0) },
        },
    })
}
