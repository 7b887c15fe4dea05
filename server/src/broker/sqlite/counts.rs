//! How many messages each queue has, kept beside the table: counting a million rows for each look would not do.
//!
//! Every change is made by the thread that writes the table, after the commit it belongs to. Only claims are booked
//! at once, so a message can be taken a moment before it is counted: within that moment a count is below zero.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub ready: i64,
    pub held: i64,
    pub in_hand: i64,
}

#[derive(Debug)]
pub(super) struct Counts(Mutex<HashMap<String, Count>>);

impl Counts {
    pub(super) fn new(counts: HashMap<String, Count>) -> Self {
        Self(Mutex::new(counts))
    }

    pub(super) fn any_ready(&self, queues: &[String]) -> bool {
        let counts = self.lock();
        queues.iter().any(|queue| counts.get(queue).is_some_and(|count| count.ready > 0))
    }

    pub(super) fn snapshot(&self) -> HashMap<String, Count> {
        self.lock().clone()
    }

    pub(super) fn added(&self, queue: &str, held: bool) {
        self.change(queue, |count| if held { count.held += 1 } else { count.ready += 1 });
    }

    pub(super) fn taken(&self, queue: &str) {
        self.change(queue, |count| {
            count.ready -= 1;
            count.in_hand += 1;
        });
    }

    pub(super) fn acked(&self, queue: &str) {
        self.change(queue, |count| count.in_hand -= 1);
    }

    pub(super) fn given_back(&self, queue: &str) {
        self.change(queue, |count| {
            count.in_hand -= 1;
            count.ready += 1;
        });
    }

    /// From a hand into a hold, perhaps of another queue.
    pub(super) fn held(&self, queue: &str, moved_to: Option<&str>) {
        self.acked(queue);
        self.added(moved_to.unwrap_or(queue), true);
    }

    pub(super) fn released(&self, queue: &str, number: u64) {
        let number = number.cast_signed();
        self.change(queue, |count| {
            count.held -= number;
            count.ready += number;
        });
    }

    pub(super) fn withdrawn(&self, queue: &str, was_held: bool) {
        self.purged(queue, u64::from(!was_held), u64::from(was_held));
    }

    pub(super) fn purged(&self, queue: &str, ready: u64, held: u64) {
        self.change(queue, |count| {
            count.ready -= ready.cast_signed();
            count.held -= held.cast_signed();
        });
    }

    fn change(&self, queue: &str, change: impl FnOnce(&mut Count)) {
        let mut counts = self.lock();
        match counts.get_mut(queue) {
            Some(count) => change(count),
            None => change(counts.entry(queue.to_owned()).or_default()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Count>> {
        self.0.lock().expect("nobody panics while holding this lock")
    }
}
