//! The soft time limit, as a task hears of it.

use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// Between the worker, which keeps the time, and the task, which may want to know.
#[derive(Debug, Default)]
pub struct SoftLimit {
    reached: AtomicBool,
    /// Whether the task has ever asked.
    heeded: AtomicBool,
    told: Notify,
}

impl SoftLimit {
    /// The time is over. Says whether the task wants to deal with that by itself.
    pub(super) fn reach(&self) -> bool {
        self.reached.store(true, Ordering::SeqCst);
        self.told.notify_waiters();
        self.heeded.load(Ordering::SeqCst)
    }

    pub(super) fn is_reached(&self) -> bool {
        self.heeded.store(true, Ordering::SeqCst);
        self.reached.load(Ordering::SeqCst)
    }

    pub(super) async fn reached(&self) {
        let mut told = std::pin::pin!(self.told.notified());
        // Listens before it looks, or what is told in between is missed.
        told.as_mut().enable();
        if !self.is_reached() {
            told.await;
        }
    }
}
