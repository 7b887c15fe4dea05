//! Umbel: a worker runtime, a scheduler, an embedded broker and a dashboard for Celery's kind of work.

pub mod broker;
pub mod bundled;
pub mod bus;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod control;
pub mod demo;
pub mod monitor;
pub mod protocol;
pub mod results;
pub mod runtime;
pub mod service;
pub mod store;
pub mod task;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "web")]
pub mod web;
pub mod worker;

pub use cli::main;
pub use task::{Args, Call, Context, IntoOutcome, Outcome, Retry, State, TaskError, TaskOptions, Tasks};
