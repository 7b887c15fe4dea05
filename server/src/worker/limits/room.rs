//! Where limited tasks wait for the last moment before their token comes: in hand, but without a slot.

use crate::broker::{Delivery, Tag};
use crate::task::Registered;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// More than this wait in the broker.
const MOST: usize = 1024;

#[derive(Debug, Default)]
pub(crate) struct Room(Mutex<BTreeMap<(Duration, Tag), Waiter>>);

#[derive(Debug)]
pub(in crate::worker) struct Waiter {
    pub(in crate::worker) delivery: Delivery,
    pub(in crate::worker) registered: Arc<Registered>,
}

impl Room {
    pub(in crate::worker) fn has_room(&self) -> bool {
        self.lock().len() < MOST
    }

    pub(in crate::worker) fn enter(&self, until: Duration, waiter: Waiter) {
        self.lock().insert((until, waiter.delivery.tag), waiter);
    }

    /// When the next one may start; `None` when nobody waits.
    pub(in crate::worker) fn next(&self) -> Option<Duration> {
        self.lock().first_key_value().map(|((until, _), _)| *until)
    }

    /// Those whose token is there, the first of them first.
    pub(in crate::worker) fn due(&self, now: Duration, most: usize) -> Vec<Waiter> {
        let mut room = self.lock();
        let mut due = Vec::new();
        while due.len() < most {
            let Some(first) = room.first_entry().filter(|first| first.key().0 <= now) else { break };
            due.push(first.remove());
        }
        due
    }

    pub(in crate::worker) fn empty(&self) -> Vec<Waiter> {
        std::mem::take(&mut *self.lock()).into_values().collect()
    }

    pub(in crate::worker) fn tags(&self) -> Vec<Tag> {
        self.lock().keys().map(|(_, tag)| *tag).collect()
    }

    /// What waits here, as the asker wants to see it.
    pub(crate) fn look<T>(&self, see: impl FnMut(&Delivery) -> T) -> Vec<T> {
        self.lock().values().map(|waiter| &waiter.delivery).map(see).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(Duration, Tag), Waiter>> {
        self.0.lock().expect("nobody panics while holding this lock")
    }
}
