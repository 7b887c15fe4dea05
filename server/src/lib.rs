//! Umbel: a worker runtime, a scheduler, an embedded broker and a dashboard for Celery's kind of work.

pub mod broker;
pub mod bus;
pub mod client;
pub mod clock;
pub mod control;
pub mod protocol;
pub mod results;
pub mod service;
pub mod store;
pub mod task;
#[cfg(feature = "testing")]
pub mod testing;
pub mod worker;

pub use task::{Args, Call, Context, IntoOutcome, Outcome, Retry, State, TaskError, TaskOptions, Tasks};
