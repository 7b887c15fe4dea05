//! Makes held messages ready when their moment comes.

use super::names::HELD_LENGTH;
use super::{Inner, RedisBroker, scripts};
use crate::broker::BrokerError;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Messages made ready in one step.
const BATCH: usize = 500;
/// How long to wait at most: another process may have held something and be gone since.
const LOOK: Duration = Duration::from_secs(10);
const AFTER_FAILURE: Duration = Duration::from_secs(1);

impl RedisBroker {
    /// Runs until the token is cancelled.
    pub async fn release_due(self, stop: CancellationToken) {
        loop {
            let added = self.0.held.notified();
            tokio::pin!(added);
            added.as_mut().enable();
            let wait = match self.0.release_due_now().await {
                Ok(wait) => wait.min(LOOK),
                Err(error) => {
                    tracing::debug!(%error, "failed to release held messages");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = added => {}
                () = self.0.clock.sleep(wait) => {}
            }
        }
    }
}

impl Inner {
    /// Makes ready what is due, and tells how long nothing else will be.
    async fn release_due_now(&self) -> Result<Duration, BrokerError> {
        // Mostly nothing is held at all, and finding that out costs one command.
        let mut count = redis::cmd("ZCARD");
        count.arg(&self.names.held);
        if self.link.command::<u64>(&count).await? == 0 {
            return Ok(LOOK);
        }
        loop {
            let now = self.now();
            let mut script = scripts::DUE.prepare_invoke();
            script.key(&self.names.unacked).key(&self.names.unacked_index).key(&self.names.held);
            script.arg(Self::score(now)).arg(BATCH).arg(HELD_LENGTH);
            let (released, next): (usize, Option<f64>) = self.link.script(&script).await?;
            if released < BATCH {
                let wait = next.map(|next| Duration::try_from_secs_f64(next - Self::score(now)));
                return Ok(wait.map_or(LOOK, Result::unwrap_or_default));
            }
        }
    }
}
