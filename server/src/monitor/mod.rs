//! The monitor: watches the events of all workers, ours and Python's alike, and knows how things stand.

mod feed;
mod handle;
mod overview;
mod query;
mod series;
mod settings;
mod worker;

pub use crate::store::history::{
    Attempt, HistoryError, Phase, TaskRecord, TaskStory, TimelineEntry, TimelineKind, Word,
};
pub use feed::{DELTA_TASKS, Delta};
pub use handle::{Feed, Monitor};
pub use overview::{Counts, NameRecord, OverviewRecord, QueueRate, SLICES, Span};
pub use query::{Cursor, DEFAULT_LIMIT, MAX_LIMIT, Place, Sort, TaskPage, TaskQuery};
pub use series::Point;
pub use settings::MonitorSettings;
pub use worker::WorkerRecord;
