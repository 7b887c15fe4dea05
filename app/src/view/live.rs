use super::{Millis, QueueRow, Reach, SeriesPoint, TaskRow, Tiles, WorkerRow};
use serde::{Deserialize, Serialize};

/// One frame of the live stream `/events`: all that changed since the frame before, each thing once.
///
/// The event's `id:` is `seq`. A frame with `gap` says that more happened than was kept: fetch the page again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LiveFrame {
    pub seq: u64,
    pub now: Millis,
    pub gap: bool,
    /// The newest picture of each changed task.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workers: Vec<WorkerRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<QueueRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiles: Option<Tiles>,
    /// The last seconds of the series, one point a second (`step` 1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<SeriesPoint>,
    /// Whether the broker can be reached, when that has changed; the first frame always tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// Which picture of the schedules is the newest, when that has changed: fetch them again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedules: Option<u64>,
    /// How many tasks changed beyond those in `tasks` (a busy stream sends a bounded number).
    #[serde(default)]
    pub more_tasks: u64,
}
