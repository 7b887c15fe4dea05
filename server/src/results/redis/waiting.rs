//! Those who wait for results.

use crate::protocol::{ResultMeta, TaskId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::{Notify, watch};

pub(super) type Newest = Option<Arc<ResultMeta>>;

#[derive(Debug, Default)]
pub(super) struct Waiting {
    tasks: Mutex<HashMap<TaskId, watch::Sender<Newest>>>,
    /// Rung when somebody waits for a task that nobody waited for before.
    added: Notify,
}

impl Waiting {
    pub(super) fn watch(&self, id: &TaskId) -> watch::Receiver<Newest> {
        let mut tasks = self.lock();
        if let Some(newest) = tasks.get(id) {
            return newest.subscribe();
        }
        let newest = tasks.entry(id.clone()).or_insert_with(|| watch::Sender::new(None)).subscribe();
        drop(tasks);
        self.added.notify_one();
        newest
    }

    pub(super) fn tell(&self, batch: impl IntoIterator<Item = ResultMeta>) {
        let tasks = self.lock();
        if tasks.is_empty() {
            return;
        }
        for meta in batch {
            if let Some(newest) = tasks.get(&meta.task_id) {
                newest.send_replace(Some(Arc::new(meta)));
            }
        }
    }

    /// The tasks somebody waits for. Forgets those that nobody does any more.
    pub(super) fn tasks(&self) -> HashSet<TaskId> {
        let mut tasks = self.lock();
        tasks.retain(|_, newest| !newest.is_closed());
        tasks.keys().cloned().collect()
    }

    pub(super) async fn added(&self) {
        self.added.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TaskId, watch::Sender<Newest>>> {
        self.tasks.lock().expect("nobody panics while holding this lock")
    }
}
