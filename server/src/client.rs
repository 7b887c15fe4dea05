//! Sends tasks and waits for their results.
