//! The demo: tasks that look and behave like those of real Celery projects, and traffic for them.
//!
//! The tasks pretend: they wait as long as their models would work, report progress, fail the way remote services
//! fail, and return results of the same shape. All of it goes through the public API, so this folder doubles as an
//! example of a larger set of tasks. History is never invented: what the dashboard shows has run.

mod crew;
mod dice;
mod labeling;
mod news;
mod scholar;
mod sections;
mod timetable;
mod traffic;
mod trouble;
mod work;
mod writer;

pub use traffic::{TrafficParts, traffic};

use crate::task::Tasks;

/// The look-alike tasks. At speed 1 they take as long as their models; at 10 a tenth of it.
pub fn tasks(speed: f64) -> Tasks {
    let groups = [writer::tasks, scholar::tasks, news::tasks, crew::tasks, labeling::tasks, sections::tasks];
    let empty = Tasks::new().state(move || work::Pace { speed });
    timetable::timetable(groups.into_iter().fold(empty, |tasks, group| tasks.merge(group())), speed)
}

#[cfg(test)]
mod tests;
