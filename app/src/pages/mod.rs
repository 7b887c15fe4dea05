//! One module per page. A page asks a server function, follows the live stream, and lays out components.

pub mod lazy;
pub mod live_rows;
pub mod not_found;
pub mod overview;
pub mod queues;
pub mod schedules;
pub mod tasks;
pub mod workers;

pub use not_found::NotFoundPage;
pub use overview::OverviewPage;
pub use queues::{QueuePage, QueuesPage};
pub use schedules::{EditSchedulePage, NewSchedulePage, SchedulePage, SchedulesPage};
pub use tasks::{NewTaskPage, TaskPage, TasksPage};
pub use workers::{WorkerPage, WorkersPage};
