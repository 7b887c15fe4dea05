//! Workers: the list, and one worker with what it is doing.

pub mod detail;
pub mod follow;
pub mod list;
pub mod marks;

pub use detail::WorkerPage;
pub use list::WorkersPage;
