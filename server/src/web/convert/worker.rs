//! A worker as a row, and what sits in its slots.

use super::{progress, task};
use crate::monitor::{TaskRecord, WorkerRecord};
use app::view::{RunningTask, WorkerRow};

pub(crate) fn row(record: &WorkerRecord) -> WorkerRow {
    WorkerRow {
        name: record.name.to_string(),
        online: record.online,
        active: record.active,
        slots: record.slots,
        processed: record.processed,
        succeeded: record.succeeded,
        failed: record.failed,
        loadavg: record.loadavg,
        queues: record.queues.clone(),
        last_heartbeat: record.last_heartbeat,
        started_at: record.started_at,
        software: record.software.clone(),
        pid: record.pid,
        clock_skew: record.clock_skew,
    }
}

pub(crate) fn running(record: &TaskRecord) -> RunningTask {
    RunningTask {
        id: record.id.to_string(),
        name: record.name.as_deref().unwrap_or(task::NAMELESS).to_owned(),
        started_at: record.started_at(),
        progress: record.meta.as_deref().and_then(|meta| progress::progress(meta).share),
    }
}
