//! What this worker has in hand: every delivery from the moment it starts until it is settled.

use super::execute::Ticket;
use crate::broker::{Delivery, Tag};
use crate::protocol::{Headers, TaskId};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The signal Celery terminates tasks with unless it is told another.
pub(crate) const SIGTERM: i32 = 15;

/// A task in a slot, as others may see it.
#[derive(Debug)]
pub struct Running {
    pub id: TaskId,
    pub name: String,
    pub started: DateTime<Utc>,
    pub(super) ticket: Arc<Ticket>,
    pub(super) cancel: CancellationToken,
    /// Which signal it was terminated with, in Celery's words: our tasks are no processes and get none.
    pub(super) signal: AtomicI32,
}

impl Running {
    /// Its message, as the asker wants to see it; `None` once it has ended.
    pub(crate) fn look<T>(&self, see: impl FnOnce(&Delivery) -> T) -> Option<T> {
        self.ticket.look(see)
    }

    fn terminate(&self, signal: i32) {
        self.signal.store(signal, Ordering::Relaxed);
        self.cancel.cancel();
    }
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

    /// Tells the tasks that the asker picks to stop where they run; returns their ids.
    pub(crate) fn terminate(&self, signal: i32, pick: impl Fn(&Headers) -> bool) -> Vec<TaskId> {
        let picked =
            |task: &Arc<Running>| task.look(|delivery| pick(&delivery.message.headers)) == Some(true);
        // Cancelled outside of the lock: whoever wakes up through it may want to look in here.
        let tasks: Vec<Arc<Running>> = self.all().into_iter().filter(picked).collect();
        tasks.iter().for_each(|task| task.terminate(signal));
        tasks.iter().map(|task| task.id.clone()).collect()
    }

    pub(crate) fn ids(&self) -> HashSet<TaskId> {
        self.lock().values().map(|task| task.id.clone()).collect()
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
