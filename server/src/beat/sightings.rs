//! A `celery beat` beside us. It says nothing of itself, but its messages bear a header of their own, and our workers
//! see it when they take one. What both of us have in our schedules runs twice, so people should know.

use super::tick::{CELERYS, OURS};
use crate::clock::SharedClock;
use crate::protocol::Headers;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// One that has not been seen for so long is taken for gone.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);
/// Origins that are kept at most; each restart of a beat is a new one.
const MOST: usize = 20;

/// A scheduler of Celery's, as it was seen last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// `gen8177@host`
    pub origin: String,
    pub task: String,
    pub seen: DateTime<Utc>,
}

/// Those that have been seen by this process. Copies share them.
#[derive(Clone, Debug)]
pub struct Sightings {
    clock: SharedClock,
    seen: Arc<Mutex<BTreeMap<String, Sighting>>>,
}

impl Sightings {
    pub fn new(clock: SharedClock) -> Self {
        Self { clock, seen: Arc::default() }
    }

    /// Looks at a message that came by.
    pub fn look_at(&self, headers: &Headers) {
        if headers.extra.is_empty()
            || !headers.extra.contains_key(CELERYS)
            || headers.extra.contains_key(OURS)
        {
            return;
        }
        let now = self.clock.now();
        let mut seen = self.seen.lock().expect("nobody panics while holding this lock");
        if !seen.contains_key(&headers.origin) {
            tracing::warn!(
                origin = headers.origin,
                task = headers.task,
                "a celery beat sends tasks beside us; entries that both have run twice"
            );
        }
        let (origin, task) = (headers.origin.clone(), headers.task.clone());
        seen.insert(origin.clone(), Sighting { origin, task, seen: now });
        if seen.len() > MOST
            && let Some(oldest) =
                seen.values().min_by_key(|sighting| sighting.seen).map(|it| it.origin.clone())
        {
            seen.remove(&oldest);
        }
    }

    /// Those of the last hour, the newest first.
    pub fn all(&self) -> Vec<Sighting> {
        let since = self.clock.now() - REMEMBERED;
        let seen = self.seen.lock().expect("nobody panics while holding this lock");
        let mut all: Vec<Sighting> =
            seen.values().filter(|sighting| sighting.seen >= since).cloned().collect();
        all.sort_by_key(|sighting| std::cmp::Reverse(sighting.seen));
        all
    }
}
