//! What is known of one worker.

use std::sync::Arc;

/// What a worker answered when it was asked about itself. What it left open stays as it was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkerAnswer {
    pub slots: Option<u32>,
    pub pool: Option<String>,
    pub queues: Option<Vec<String>>,
    pub registered: Option<Vec<String>>,
    /// Seconds since it started.
    pub uptime: Option<u64>,
}

/// A worker as its heartbeats and its tasks' events show it. Times are milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkerRecord {
    /// The node name: `umbel@host`.
    pub name: Arc<str>,
    /// Whether it said hello and has not fallen silent since.
    pub online: bool,
    /// Tasks running right now, by its own count.
    pub active: u32,
    /// How many it can run at once, where it tells.
    pub slots: Option<u32>,
    /// Tasks it has received since it started, by its own count.
    pub processed: u64,
    /// Tasks we saw it finish since it started.
    pub succeeded: u64,
    pub failed: u64,
    /// 1, 5 and 15 minutes.
    pub loadavg: Option<[f64; 3]>,
    pub queues: Vec<String>,
    pub pool: Option<String>,
    /// The names of its tasks, where it tells.
    pub registered: Arc<[String]>,
    /// When we last heard a heartbeat, by our clock.
    pub last_heartbeat: Option<i64>,
    /// When it came online or we first heard of it.
    pub started_at: Option<i64>,
    /// `umbel 0.1.0`, `py-celery 5.7.0`.
    pub software: Option<String>,
    pub system: Option<String>,
    pub pid: Option<u32>,
    /// How many seconds its clock is ahead of ours, when more than two either way.
    pub clock_skew: Option<f64>,
    /// Seconds between its heartbeats.
    pub freq: f64,
}

impl WorkerRecord {
    /// Whether it is one of ours, which tells everything of itself and of its tasks without being asked.
    pub fn is_umbel(&self) -> bool {
        self.software.as_deref().is_some_and(|software| software.starts_with("umbel "))
    }
}
