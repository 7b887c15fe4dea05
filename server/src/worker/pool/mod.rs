//! Where tasks run.

mod tasks;
mod watchdog;

pub use tasks::TaskPool;
pub(super) use watchdog::{give_back_stuck, watch};
