//! Waiting for what comes of a task.

use super::Client;
use crate::protocol::{ResultMeta, TaskId};
use crate::results::ResultError;
use std::time::Duration;

/// Why there is no result to hand out.
#[derive(Debug, thiserror::Error)]
pub enum WaitError {
    #[error("the task has not finished in time")]
    TimedOut,
    #[error(transparent)]
    Results(#[from] ResultError),
}

impl Client {
    /// Waits until the task has reached its last state.
    pub async fn wait(&self, id: &TaskId, timeout: Duration) -> Result<ResultMeta, WaitError> {
        // Watch before looking, or a result stored in between is missed.
        let mut newest = self.parts.results.watch(id);
        if let Some(meta) = self.result(id).await?
            && meta.status.is_ready()
        {
            return Ok(meta);
        }
        let ready = newest.wait_for(|meta| meta.as_ref().is_some_and(|meta| meta.status.is_ready()));
        tokio::select! {
            outcome = ready => match outcome {
                Ok(meta) => Ok(ResultMeta::clone(meta.as_ref().expect("waited for a ready one"))),
                Err(_) => Err(WaitError::TimedOut),
            },
            () = self.parts.clock.sleep(timeout) => Err(WaitError::TimedOut),
        }
    }
}
