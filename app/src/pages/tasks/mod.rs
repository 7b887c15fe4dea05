//! The list of tasks, one task, and the form that sends one.

pub mod detail;
pub mod list;
pub mod new;

pub use detail::TaskPage;
pub use list::TasksPage;
pub use new::NewTaskPage;
