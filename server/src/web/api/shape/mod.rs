//! What the API promises: flat objects with ISO 8601 moments.
//!
//! They are written out apart from the pages' own nouns, so that a page may change without breaking a script.

mod queue;
mod schedule;
mod task;
mod worker;

pub(super) use queue::{Queue, QueueDetail};
pub(super) use schedule::{Calendar, Preview, Schedule, ScheduleDetail, Scheduler};
pub(super) use task::{Task, TaskList};
pub(super) use worker::{Worker, WorkerDetail};

use app::format::iso;
use app::view::Millis;

/// ISO 8601, UTC, milliseconds.
pub(super) fn moment(at: Option<Millis>) -> Option<String> {
    at.map(iso)
}
