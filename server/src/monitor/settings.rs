//! What a person can set about the monitor.

use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
pub struct MonitorSettings {
    /// History older than this is pruned.
    pub keep_for: Duration,
    /// The most tasks history holds.
    pub keep_tasks: u64,
    /// The most bytes the history database may use.
    pub keep_bytes: u64,
    /// Message bodies larger than this are not kept in history; such a task cannot be retried from the dashboard.
    pub keep_body: usize,
    /// Full records held in memory; the rest is read from the database when somebody asks.
    pub recent_tasks: usize,
    /// How long a change may wait for its way to the database.
    pub flush_every: Duration,
    /// How often history is pruned.
    pub prune_every: Duration,
}

impl Default for MonitorSettings {
    fn default() -> Self {
        Self {
            keep_for: Duration::from_secs(30 * 24 * 3600),
            keep_tasks: 1_000_000,
            keep_bytes: 2 << 30,
            keep_body: 256 * 1024,
            recent_tasks: 10_000,
            flush_every: Duration::from_millis(100),
            prune_every: Duration::from_secs(3600),
        }
    }
}
