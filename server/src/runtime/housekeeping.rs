//! What has to be tidied from time to time.

use crate::clock::SharedClock;
use crate::results::ResultStore;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(600);

/// Drops expired results until told to stop.
pub(super) async fn prune(results: impl ResultStore, clock: SharedClock, stop: CancellationToken) {
    loop {
        match results.prune().await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(results = count, "dropped expired results"),
            Err(error) => tracing::warn!(%error, "failed to drop expired results"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.sleep(EVERY) => {}
        }
    }
}
