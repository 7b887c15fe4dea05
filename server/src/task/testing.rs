//! Running a task without a worker: a context made up for a test.

use super::context::{Context, ContextParts, Update};
use crate::protocol::{Headers, TaskId};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How many updates a test may leave unread before the task waits for it.
const UNREAD_UPDATES: usize = 1024;

/// A context nobody listens to.
pub fn context(task: &str) -> Context {
    Context::new(parts(task).0)
}

/// The parts of a context, to be changed as the test needs, and what the task tells of itself while it runs.
pub fn parts(task: &str) -> (ContextParts, mpsc::Receiver<Update>) {
    let (updates, told) = mpsc::channel(UNREAD_UPDATES);
    let parts = ContextParts {
        headers: Arc::new(Headers::new(TaskId::generate(), task)),
        queue: "celery".to_owned(),
        redelivered: false,
        deadline: None,
        updates,
        cancel: CancellationToken::new(),
        soft_limit: Arc::default(),
        client: None,
    };
    (parts, told)
}
