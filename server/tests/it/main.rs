//! One binary for all integration tests: linking it once is quicker than linking many.

mod http;
