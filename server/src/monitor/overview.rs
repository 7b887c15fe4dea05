//! The numbers on the first page.

use super::series::Point;
use crate::store::history::Word;

/// How far back the series reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// The last ten minutes.
    #[default]
    Minutes,
    Hour,
    Day,
    Month,
}

#[derive(Clone, Debug, PartialEq)]
pub struct OverviewRecord {
    pub counts: Counts,
    /// Seconds one point of the series stands for.
    pub step: u32,
    /// Oldest first, evenly spaced, without holes.
    pub series: Vec<Point>,
    /// Task names over the span: the failing first, then the slow.
    pub names: Vec<NameRecord>,
    pub seq: u64,
    pub now: i64,
}

/// Tiles: how it stands at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    pub running: u64,
    /// Sent and not yet started, not counting those that wait for a moment.
    pub waiting: u64,
    /// Waiting for a moment: an ETA or a retry's delay.
    pub held: u64,
    pub failed_last_hour: u64,
    pub workers_online: u32,
    pub workers_total: u32,
    /// Tasks finished per second, over the last ten seconds.
    pub rate: f64,
}

/// One task name over the span.
#[derive(Clone, Debug, PartialEq)]
pub struct NameRecord {
    pub name: Word,
    pub succeeded: u64,
    pub failed: u64,
    pub retried: u64,
    /// Seconds.
    pub mean_runtime: Option<f64>,
    pub max_runtime: Option<f64>,
    /// Finished per slice of the span, oldest first, for a sparkline of [`SLICES`] bars.
    pub finished: Vec<u32>,
}

pub const SLICES: usize = 30;

/// Tasks finished from one queue per second, over the last minute.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueRate {
    pub queue: Word,
    pub rate: f64,
}
