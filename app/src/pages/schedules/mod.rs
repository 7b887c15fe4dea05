//! Schedules: the list, the week ahead, and one entry with all that is known about it.

mod acts;
mod calendar;
pub mod detail;
mod empty;
mod filters;
mod follow;
mod form;
mod history;
pub mod list;
mod marks;
mod remove;
mod row;
mod scheduler;
mod table;

pub use detail::SchedulePage;
pub use form::{EditSchedulePage, NewSchedulePage};
pub use list::SchedulesPage;
