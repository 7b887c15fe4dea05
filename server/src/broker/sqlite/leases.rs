//! Who has what in hand, and until when.

use super::Tag;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

#[derive(Clone, Debug)]
pub(super) struct Lease {
    pub row: i64,
    pub queue: String,
    until: Duration,
}

/// Leases by tag. A tag is never used twice, so a late word about an ended lease cannot hit its successor.
#[derive(Debug)]
pub(super) struct Leases {
    length: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last_tag: i64,
    leases: HashMap<Tag, Lease>,
}

impl Leases {
    pub(super) fn new(length: Duration) -> Self {
        Self { length, state: Mutex::default() }
    }

    pub(super) fn begin(&self, row: i64, queue: &str, now: Duration) -> Tag {
        let mut state = self.lock();
        state.last_tag += 1;
        let tag = Tag(state.last_tag);
        state.leases.insert(tag, Lease { row, queue: queue.to_owned(), until: now + self.length });
        tag
    }

    pub(super) fn row(&self, tag: Tag) -> Option<i64> {
        self.lock().leases.get(&tag).map(|lease| lease.row)
    }

    pub(super) fn end(&self, tag: Tag) -> Option<Lease> {
        self.lock().leases.remove(&tag)
    }

    pub(super) fn extend(&self, tags: &[Tag], now: Duration) {
        let mut state = self.lock();
        for tag in tags {
            if let Some(lease) = state.leases.get_mut(tag) {
                lease.until = now + self.length;
            }
        }
    }

    /// The deliveries whose owners have shown no sign of life, with their rows.
    pub(super) fn expired(&self, now: Duration) -> Vec<(Tag, i64)> {
        let state = self.lock();
        let expired = state.leases.iter().filter(|(_, lease)| lease.until <= now);
        expired.map(|(tag, lease)| (*tag, lease.row)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while holding this lock")
    }
}
