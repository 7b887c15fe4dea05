//! Ids that must not run although their messages may still arrive: bounded in number and in time, as Celery's are.

use crate::clock::SharedClock;
use crate::protocol::TaskId;
use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
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
    until: HashMap<TaskId, Duration>,
    /// Oldest first.
    order: VecDeque<TaskId>,
}

impl Revoked {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self { clock, state: Mutex::default() }
    }

    pub(crate) fn add(&self, id: TaskId) {
        let now = self.clock.elapsed();
        let mut state = self.state.lock().expect("nobody panics while holding this lock");
        if state.until.insert(id.clone(), now + KEEP).is_none() {
            state.order.push_back(id);
        }
        while let Some(oldest) = state.order.front() {
            let expired = state.until.get(oldest).is_none_or(|until| *until <= now);
            if !expired && state.order.len() <= MOST {
                break;
            }
            let oldest = state.order.pop_front().expect("just seen");
            state.until.remove(&oldest);
        }
    }

    pub(super) fn contains(&self, id: &TaskId) -> bool {
        let state = self.state.lock().expect("nobody panics while holding this lock");
        // The common case is an empty set; the clock is not asked for it.
        state.until.get(id).is_some_and(|until| *until > self.clock.elapsed())
    }
}
