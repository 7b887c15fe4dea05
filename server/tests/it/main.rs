//! The integration tests: one binary, one folder for each part of the product.

mod conformance;
mod worker;
mod monitor;
mod http;
