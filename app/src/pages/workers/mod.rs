//! Workers: the list, and one worker with what it is doing.

mod detail;
mod list;
mod marks;

pub use detail::WorkerPage;
pub use list::WorkersPage;
