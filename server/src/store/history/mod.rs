//! History: what happened to every task, on disk.
//!
//! A database of its own beside the broker's, with its own writer, so that keeping history never makes a message
//! wait. The kinds of rows, and why each is as it is, stand in the migration script.

mod brief;
mod bucket;
pub mod pack;
mod phase;
pub mod read;
mod record;
mod story;
pub mod text;
mod word;
mod write;

pub use brief::Brief;
pub use bucket::Bucket;
pub use phase::Phase;
pub use read::Unfinished;
pub use record::{Closing, Marks, Moment, TaskRecord};
pub use story::{Attempt, TaskStory, TimelineEntry, TimelineKind};
pub use word::{NOTHING, OTHER, Word, Words};
pub use write::{Batch, TaskWrite, WorkerWrite};

use super::DbError;

/// Scripts that bring a history database up to date, for `Db::open`.
pub const MIGRATIONS: &[&str] = &[include_str!("../../../migrations/history_1.sql")];

/// Why history could not answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HistoryError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("not a place in a list of tasks")]
    Cursor,
}
