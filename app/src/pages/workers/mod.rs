//! Workers: the list, and one worker with what it is doing.

mod control;
pub mod detail;
pub mod follow;
mod inspection;
pub mod list;
pub mod marks;

pub use detail::WorkerPage;
pub use list::WorkersPage;
