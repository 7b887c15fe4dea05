//! The integration tests: one binary, one folder for each part of the product.

mod architecture;
mod cli;
mod conformance;
#[cfg(feature = "web")]
mod http;
mod worker;
