//! The monitor: watches the events of all workers, ours and Python's alike, and knows how things stand.
//!
//! ```text
//! bus ─► recorder ─► cluster (a pure fold) ─► history, in batches
//!                       │  index · recent · workers · series
//!                       └─► feed, pulled by as many readers as there are
//! ```
//!
//! A million tasks must neither fill the memory nor make a page slow. So memory holds three things only: a few
//! narrow columns of every task (`index`), the full records of the tasks something happened to lately (`recent`), and
//! counters (`series`). Everything else is in the database, where rows are found by key alone.

mod change;
mod cluster;
mod feed;
mod fold;
mod handle;
mod index;
mod overview;
mod pruner;
mod query;
mod recent;
mod recorder;
mod series;
mod settings;
mod summary;
mod unsettled;
mod worker;
mod workers;

pub use crate::store::history::{
    Attempt, Brief, HistoryError, Moment, Phase, TaskRecord, TaskStory, TimelineEntry, TimelineKind,
    Unfinished, Word,
};
pub use change::Change;
pub use cluster::Cluster;
pub use feed::{DELTA_TASKS, Delta};
pub(crate) use fold::has_told;
pub use handle::{Feed, Monitor};
pub use overview::{Counts, NameRecord, OverviewRecord, QueueRate, SLICES, Span};
pub use query::{Cursor, DEFAULT_LIMIT, MAX_LIMIT, Place, Sort, TaskPage, TaskQuery};
pub use series::{Happening, Kind, Level, Point, Series, coarser};
pub use settings::MonitorSettings;
pub use unsettled::Unsettled;
pub use worker::{WorkerAnswer, WorkerRecord};
