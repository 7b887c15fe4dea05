//! Queues: the list, and one queue with what waits in it.

pub mod detail;
pub mod list;
mod purge;
mod row;
mod waiting;

pub use detail::QueuePage;
pub use list::QueuesPage;
