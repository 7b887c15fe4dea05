//! From the product's own records to what the browser may see, one noun a file. Pure functions.

pub(crate) mod broker;
pub(crate) mod call;
pub(crate) mod detail;
pub(crate) mod filter;
pub(crate) mod inspection;
pub(crate) mod overview;
pub(crate) mod progress;
pub(crate) mod queue;
pub(crate) mod result;
pub(crate) mod schedule;
pub(crate) mod stored;
pub(crate) mod task;
pub(crate) mod waiting;
pub(crate) mod worker;
