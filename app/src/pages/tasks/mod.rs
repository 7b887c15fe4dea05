//! The list of tasks, one task, and the form that sends one.

mod acts;
pub mod detail;
mod empty;
mod facts;
mod filters;
mod follow;
mod history;
pub mod list;
pub mod new;
mod row;
mod rows;
mod selection;
mod table;
mod verdict;

pub use detail::TaskPage;
pub use list::TasksPage;
pub use new::NewTaskPage;
