//! Counters over time.

/// What happened within one step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// The step's beginning in milliseconds.
    pub at: i64,
    pub sent: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub retried: u64,
    pub revoked: u64,
}
