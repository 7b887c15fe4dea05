use super::Millis;
use serde::{Deserialize, Serialize};

/// The answer to "is it healthy, and if not, where?".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    pub health: Health,
    pub tiles: Tiles,
    pub span: Span,
    /// Seconds one point of the series stands for.
    pub step: u32,
    /// Oldest first, evenly spaced, without holes.
    pub series: Vec<SeriesPoint>,
    /// Task names over the span: the failing first, then the slow.
    pub names: Vec<NameSummary>,
    pub seq: u64,
    pub now: Millis,
}

/// The four numbers at the top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tiles {
    pub running: u64,
    pub waiting: u64,
    pub held: u64,
    pub failed_last_hour: u64,
    pub workers_online: u32,
    pub workers_total: u32,
    /// Tasks finished per second, over the last ten seconds.
    pub rate: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Empty means healthy.
    pub problems: Vec<Problem>,
}

/// Something a person should look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// "Worker umbel@host went offline 2 minutes ago".
    pub text: String,
    /// The page that shows more.
    pub href: String,
}

/// How far back the series reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Span {
    /// The last ten minutes.
    #[default]
    Minutes,
    Hour,
    Day,
    Month,
}

/// What happened within one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesPoint {
    pub at: Millis,
    pub sent: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub retried: u64,
    pub revoked: u64,
}

/// One task name over the span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NameSummary {
    pub name: String,
    pub succeeded: u64,
    pub failed: u64,
    pub retried: u64,
    /// Seconds.
    pub mean_runtime: Option<f64>,
    pub max_runtime: Option<f64>,
    /// Finished per step, oldest first, for a sparkline.
    pub finished: Vec<u32>,
}
