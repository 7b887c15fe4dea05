//! What this process has in hand, and under which keys Redis knows it.

use crate::broker::Tag;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

/// A delivery between its taking and its settling.
#[derive(Clone, Debug)]
pub(super) struct InHand {
    /// Its key in `unacked`.
    pub key: String,
    /// The list it came from.
    pub list: String,
    pub envelope: Bytes,
}

#[derive(Debug, Default)]
pub(super) struct Hand(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The number of the next delivery; it is part of its key too.
    next: i64,
    held: HashMap<i64, InHand>,
}

impl Hand {
    /// Numbers for up to `count` deliveries, never given out again.
    pub(super) fn numbers(&self, count: usize) -> i64 {
        let mut state = self.lock();
        let first = state.next;
        state.next += i64::try_from(count).expect("a batch is small");
        first
    }

    pub(super) fn add(&self, deliveries: impl IntoIterator<Item = (Tag, InHand)>) {
        self.lock().held.extend(deliveries.into_iter().map(|(tag, delivery)| (tag.0, delivery)));
    }

    pub(super) fn get(&self, tag: Tag) -> Option<InHand> {
        self.lock().held.get(&tag.0).cloned()
    }

    pub(super) fn remove(&self, tags: impl IntoIterator<Item = Tag>) {
        let mut state = self.lock();
        for tag in tags {
            state.held.remove(&tag.0);
        }
    }

    /// The keys of these deliveries, as far as they are in hand.
    pub(super) fn keys(&self, tags: &[Tag]) -> Vec<String> {
        let state = self.lock();
        tags.iter().filter_map(|tag| Some(state.held.get(&tag.0)?.key.clone())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nobody panics while holding this lock")
    }
}
