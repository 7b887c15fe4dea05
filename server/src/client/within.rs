//! Tasks that are sent by a running task: its children.

use super::SendOptions;
use crate::protocol::{Headers, TaskId};
use std::sync::{Mutex, MutexGuard};

/// Children listed with a task's result. One that sends more than this has a list nobody reads.
const MOST: usize = 10_000;

/// A running task, as the client sees it that was handed to it.
#[derive(Debug)]
pub(crate) struct Within {
    parent: TaskId,
    root: TaskId,
    children: Mutex<Vec<TaskId>>,
}

impl Within {
    pub(crate) fn new(headers: &Headers) -> Self {
        let root = headers.root_id.as_ref().unwrap_or(&headers.id).clone();
        Self { parent: headers.id.clone(), root, children: Mutex::default() }
    }

    /// Parent and root of what is sent, unless its sender has said otherwise.
    pub(super) fn adopt(&self, options: &mut SendOptions) {
        options.parent_id.get_or_insert_with(|| self.parent.clone());
        options.root_id.get_or_insert_with(|| self.root.clone());
    }

    pub(super) fn sent(&self, ids: &[TaskId]) {
        let mut children = self.children();
        let room = MOST.saturating_sub(children.len());
        children.extend(ids.iter().take(room).cloned());
    }

    /// What it has sent so far.
    pub(crate) fn take_children(&self) -> Vec<TaskId> {
        std::mem::take(&mut self.children())
    }

    fn children(&self) -> MutexGuard<'_, Vec<TaskId>> {
        self.children.lock().expect("nobody panics while holding this lock")
    }
}
