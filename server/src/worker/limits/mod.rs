//! How often tasks may start and how long they may run: by registration, and by remote control after that.

mod bucket;
mod room;

pub(super) use bucket::Admit;
pub(crate) use room::Room;
pub(super) use room::Waiter;

use crate::task::{Rate, Registered, Tasks};
use bucket::Bucket;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// After how long a task is asked to stop, and after how long it is stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TimeLimits {
    pub(crate) hard: Option<Duration>,
    pub(crate) soft: Option<Duration>,
}

#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// Whether any task has a limit in here. Asked for each message, and mostly none has.
    any: AtomicBool,
    by_task: Mutex<HashMap<String, Limit>>,
}

#[derive(Debug, Default)]
struct Limit {
    rate: Option<(Rate, Bucket)>,
    /// What remote control has put in the place of the registration's.
    times: Option<TimeLimits>,
}

impl Limits {
    pub(super) fn of(tasks: &Tasks) -> Self {
        let limits = Self::default();
        for task in tasks.iter() {
            if let Some(rate) = task.options.rate_limit {
                limits.set_rate(&task.name, Some(rate));
            }
        }
        limits
    }

    /// Whether a task of this name may start now; `room` is where it could wait for a moment.
    pub(super) fn admit(&self, task: &str, now: Duration, room: &Room) -> Admit {
        if !self.any.load(Ordering::Relaxed) {
            return Admit::Now;
        }
        match self.lock().get_mut(task).and_then(|limit| limit.rate.as_mut()) {
            Some((_, bucket)) => bucket.admit(now, room.has_room()),
            None => Admit::Now,
        }
    }

    /// The limits of a task whose message brings none of its own.
    pub(crate) fn times(&self, task: &Registered) -> TimeLimits {
        let registered = TimeLimits { hard: task.options.time_limit, soft: task.options.soft_time_limit };
        if !self.any.load(Ordering::Relaxed) {
            return registered;
        }
        self.lock().get(&task.name).and_then(|limit| limit.times).unwrap_or(registered)
    }

    pub(crate) fn rate(&self, task: &str) -> Option<Rate> {
        self.lock().get(task).and_then(|limit| limit.rate.as_ref()).map(|(rate, _)| *rate)
    }

    /// From now on. What was put back until its token comes keeps its moment, which is at most five minutes away.
    pub(crate) fn set_rate(&self, task: &str, rate: Option<Rate>) {
        self.change(task, |limit| limit.rate = rate.map(|rate| (rate, Bucket::new(rate))));
    }

    /// For tasks that start from now on.
    pub(crate) fn set_times(&self, task: &str, times: TimeLimits) {
        self.change(task, |limit| limit.times = Some(times));
    }

    fn change(&self, task: &str, change: impl FnOnce(&mut Limit)) {
        change(self.lock().entry(task.to_owned()).or_default());
        self.any.store(true, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Limit>> {
        self.by_task.lock().expect("nobody panics while holding this lock")
    }
}
