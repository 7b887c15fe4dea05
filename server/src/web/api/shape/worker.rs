//! A worker, whole and as a row of a list.

use super::moment;
use app::view::{RunningTask, WorkerRow};
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(crate) struct Worker {
    name: String,
    online: bool,
    active: u32,
    slots: Option<u32>,
    processed: u64,
    succeeded: u64,
    failed: u64,
    loadavg: Option<[f64; 3]>,
    queues: Vec<String>,
    last_heartbeat: Option<String>,
    started_at: Option<String>,
    software: Option<String>,
    pid: Option<u32>,
    /// Seconds.
    clock_skew: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(crate) struct WorkerDetail {
    #[serde(flatten)]
    worker: Worker,
    pool: Option<String>,
    running: Vec<Running>,
    registered: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Running {
    id: String,
    name: String,
    started_at: Option<String>,
    progress: Option<f64>,
}

impl From<WorkerRow> for Worker {
    fn from(row: WorkerRow) -> Self {
        Self {
            name: row.name,
            online: row.online,
            active: row.active,
            slots: row.slots,
            processed: row.processed,
            succeeded: row.succeeded,
            failed: row.failed,
            loadavg: row.loadavg,
            queues: row.queues,
            last_heartbeat: moment(row.last_heartbeat),
            started_at: moment(row.started_at),
            software: row.software,
            pid: row.pid,
            clock_skew: row.clock_skew,
        }
    }
}

impl From<app::view::WorkerDetail> for WorkerDetail {
    fn from(detail: app::view::WorkerDetail) -> Self {
        Self {
            worker: detail.row.into(),
            pool: detail.pool,
            running: detail.running.into_iter().map(Running::from).collect(),
            registered: detail.registered,
        }
    }
}

impl From<RunningTask> for Running {
    fn from(task: RunningTask) -> Self {
        Self { id: task.id, name: task.name, started_at: moment(task.started_at), progress: task.progress }
    }
}
