//! Ids and stamps that must not run although their messages may still arrive: bounded in number and in time, as
//! Celery's are.

use crate::clock::SharedClock;
use crate::protocol::{Headers, TaskId};
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

const MOST: usize = 50_000;
const KEEP: Duration = Duration::from_secs(3 * 3600);

#[derive(Debug)]
pub(crate) struct Revoked {
    clock: SharedClock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    ids: Expiring<TaskId>,
    stamps: Expiring<Stamp>,
}

/// A stamp's name and one of its values, as JSON text.
type Stamp = (String, String);

impl Revoked {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self { clock, state: Mutex::default() }
    }

    pub(crate) fn add(&self, id: TaskId) {
        self.lock().ids.add(id, self.clock.elapsed());
    }

    /// Revokes whatever carries this stamp with this value, or one of these values.
    pub(crate) fn add_stamp(&self, name: &str, values: &Value) {
        let now = self.clock.elapsed();
        let mut state = self.lock();
        for value in one_or_many(values) {
            state.stamps.add((name.to_owned(), value.to_string()), now);
        }
    }

    pub(super) fn contains(&self, headers: &Headers) -> bool {
        let state = self.lock();
        // The common case is two empty sets; the clock is not asked for them.
        let by_id = state.ids.until(&headers.id).is_some_and(|until| until > self.clock.elapsed());
        by_id || (!state.stamps.is_empty() && state.has_stamp(headers, self.clock.elapsed()))
    }

    /// All ids, the oldest first.
    pub(crate) fn ids(&self) -> Vec<TaskId> {
        let now = self.clock.elapsed();
        let state = self.lock();
        state
            .ids
            .order
            .iter()
            .filter(|id| state.ids.until(id).is_some_and(|until| until > now))
            .cloned()
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while holding this lock")
    }
}

impl State {
    fn has_stamp(&self, headers: &Headers, now: Duration) -> bool {
        headers.stamps.iter().any(|(name, values)| {
            one_or_many(values).any(|value| {
                self.stamps.until(&(name.clone(), value.to_string())).is_some_and(|until| until > now)
            })
        })
    }
}

/// A stamp's values: a list stands for each of its members.
pub(crate) fn one_or_many(values: &Value) -> impl Iterator<Item = &Value> {
    match values {
        Value::Array(values) => values.iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

/// A set that forgets: each entry after a while, the oldest when there are too many.
#[derive(Debug)]
struct Expiring<T> {
    until: HashMap<T, Duration>,
    /// Oldest first.
    order: VecDeque<T>,
}

impl<T> Default for Expiring<T> {
    fn default() -> Self {
        Self { until: HashMap::new(), order: VecDeque::new() }
    }
}

impl<T: Clone + Eq + Hash> Expiring<T> {
    fn add(&mut self, entry: T, now: Duration) {
        if self.until.insert(entry.clone(), now + KEEP).is_none() {
            self.order.push_back(entry);
        }
        while let Some(oldest) = self.order.front() {
            let expired = self.until.get(oldest).is_none_or(|until| *until <= now);
            if !expired && self.order.len() <= MOST {
                break;
            }
            let oldest = self.order.pop_front().expect("just seen");
            self.until.remove(&oldest);
        }
    }

    fn until(&self, entry: &T) -> Option<Duration> {
        self.until.get(entry).copied()
    }

    fn is_empty(&self) -> bool {
        self.until.is_empty()
    }
}
