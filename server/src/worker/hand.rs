//! What this worker has in hand: every delivery from the moment it starts until it is settled.

use crate::broker::Tag;
use crate::protocol::TaskId;
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// A task in a slot, as others may see it.
#[derive(Clone, Debug)]
pub struct Running {
    pub id: TaskId,
    pub name: String,
    pub started: DateTime<Utc>,
    pub(super) cancel: CancellationToken,
}

#[derive(Debug, Default)]
pub(crate) struct Hand {
    running: Mutex<HashMap<Tag, Arc<Running>>>,
    emptied: Notify,
}

impl Hand {
    pub(super) fn add(&self, tag: Tag, running: Arc<Running>) {
        self.lock().insert(tag, running);
    }

    pub(super) fn remove(&self, tags: impl IntoIterator<Item = Tag>) {
        let mut running = self.lock();
        for tag in tags {
            running.remove(&tag);
        }
        if running.is_empty() {
            self.emptied.notify_waiters();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    pub(super) fn tags(&self) -> Vec<Tag> {
        self.lock().keys().copied().collect()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Running>> {
        self.lock().values().cloned().collect()
    }

    /// Tells the task to stop where it runs. False when it is not in hand.
    pub(crate) fn cancel(&self, id: &TaskId) -> bool {
        let running = self.lock();
        let mut found = false;
        for task in running.values().filter(|task| task.id == *id) {
            task.cancel.cancel();
            found = true;
        }
        found
    }

    /// Returns once nothing is in hand.
    pub(super) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            tokio::pin!(emptied);
            emptied.as_mut().enable();
            if self.lock().is_empty() {
                return;
            }
            emptied.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Tag, Arc<Running>>> {
        self.running.lock().expect("nobody panics while holding this lock")
    }
}
