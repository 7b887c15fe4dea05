//! The integration tests: one binary, one folder for each part of the product.

#![expect(
    clippy::disallowed_methods,
    reason = "a test stands outside: it spawns what it likes and may read the clock"
)]

mod architecture;
mod beat;
mod bus;
mod cli;
mod conformance;
mod control;
#[cfg(feature = "web")]
mod crash;
mod fuzz;
#[cfg(feature = "web")]
mod http;
mod monitor;
mod protocol;
mod redis;
mod runtime;
mod schedule;
mod support;
mod task;
mod worker;
