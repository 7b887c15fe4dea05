//! Long-lived parts of the product and how they are started and stopped.
//!
//! A service is a future that runs until its token is cancelled. All of them are started through here, so that
//! none is ever forgotten when the product stops, and one that ends too early is noticed and logged.

use std::future::Future;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Starts services and waits for them to end.
#[derive(Clone, Debug, Default)]
pub struct Services {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Services {
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancelled when the services are told to stop.
    pub fn token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Starts a service. It receives the token that tells it to stop.
    pub fn start<F, S>(&self, name: &'static str, service: F)
    where
        F: FnOnce(CancellationToken) -> S,
        S: Future<Output = ()> + Send + 'static,
    {
        let token = self.stop.clone();
        let running = service(token.clone());
        self.tracker.spawn(async move {
            running.await;
            if token.is_cancelled() {
                tracing::debug!(service = name, "service has stopped");
            } else {
                tracing::error!(service = name, "service has ended although nobody asked it to");
            }
        });
    }

    /// Tells all services to stop and waits until they have.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// Starts a future that nobody needs to stop: it ends by itself.
#[expect(clippy::disallowed_methods, reason = "this file is where tasks are started")]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(future)
}

/// Runs blocking code off the async threads. `None` when it panicked or the runtime is shutting down.
pub async fn blocking<T, F>(work: F) -> Option<T>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.ok()
}
