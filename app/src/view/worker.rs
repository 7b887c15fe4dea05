use super::Millis;
use serde::{Deserialize, Serialize};

/// A worker as a row of a list, and as it comes over the live stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerRow {
    /// The node name: `umbel@host`.
    pub name: String,
    pub online: bool,
    /// Tasks running right now.
    pub active: u32,
    /// How many it can run at once, where known.
    pub slots: Option<u32>,
    /// Tasks it has received since it started.
    pub processed: u64,
    pub succeeded: u64,
    pub failed: u64,
    /// 1, 5 and 15 minutes.
    pub loadavg: Option<[f64; 3]>,
    pub queues: Vec<String>,
    pub last_heartbeat: Option<Millis>,
    pub started_at: Option<Millis>,
    /// `umbel 0.1.0`, `py-celery 5.7.0`.
    pub software: Option<String>,
    pub pid: Option<u32>,
    /// How many seconds its clock is ahead of ours, when more than two either way.
    pub clock_skew: Option<f64>,
}

/// A worker with what it is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerDetail {
    pub row: WorkerRow,
    pub pool: Option<String>,
    pub running: Vec<RunningTask>,
    pub registered: Vec<String>,
    pub seq: u64,
    pub now: Millis,
}

/// What sits in one slot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunningTask {
    pub id: String,
    pub name: String,
    pub started_at: Option<Millis>,
    pub progress: Option<f64>,
}
