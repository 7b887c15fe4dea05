//! The integration tests: one binary, one folder for each part of the product.

mod conformance;
mod http;
mod monitor;
