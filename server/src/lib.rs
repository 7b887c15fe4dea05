//! Umbel: a worker runtime, a scheduler, an embedded broker and a dashboard for Celery's kind of work.

pub mod broker;
pub mod bus;
pub mod client;
pub mod clock;
pub mod control;
pub mod monitor;
pub mod protocol;
pub mod results;
pub mod service;
pub mod store;
#[cfg(feature = "web")]
pub mod web;
#[cfg(feature = "testing")]
pub mod testing;
