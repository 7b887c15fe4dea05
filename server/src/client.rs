//! Sends tasks and waits for their results.

/// Sends tasks.
#[derive(Clone, Debug)]
pub struct Client;
