//! What a worker counts of itself.

use crate::clock::SharedClock;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const MOST_SAMPLES: usize = 1000;

#[derive(Debug)]
pub(crate) struct Stats {
    clock: SharedClock,
    started: Duration,
    processed: AtomicU64,
    by_name: Mutex<BTreeMap<String, u64>>,
    /// Resident bytes at the moments somebody asked for them, the newest last.
    memory: Mutex<VecDeque<u64>>,
}

/// The counts at one moment.
#[derive(Clone, Debug)]
pub struct StatsSnapshot {
    pub uptime: Duration,
    pub processed: u64,
    /// Tasks received, by name.
    pub by_name: BTreeMap<String, u64>,
}

impl Stats {
    pub(super) fn new(clock: SharedClock) -> Self {
        let started = clock.elapsed();
        Self {
            clock,
            started,
            processed: AtomicU64::new(0),
            by_name: Mutex::default(),
            memory: Mutex::default(),
        }
    }

    pub(super) fn received(&self, name: &str) {
        self.processed.fetch_add(1, Ordering::Relaxed);
        let mut names = self.by_name.lock().expect("nobody panics while holding this lock");
        match names.get_mut(name) {
            Some(count) => *count += 1,
            None => {
                names.insert(name.to_owned(), 1);
            }
        }
    }

    pub(super) fn processed(&self) -> u64 {
        self.processed.load(Ordering::Relaxed)
    }

    pub(crate) fn sample(&self, bytes: u64) {
        let mut memory = self.memory.lock().expect("nobody panics while holding this lock");
        memory.push_back(bytes);
        if memory.len() > MOST_SAMPLES {
            memory.pop_front();
        }
    }

    /// The newest samples, up to that many, the oldest of them first.
    pub(crate) fn samples(&self, most: usize) -> Vec<u64> {
        let memory = self.memory.lock().expect("nobody panics while holding this lock");
        memory.iter().skip(memory.len().saturating_sub(most)).copied().collect()
    }

    pub(crate) fn snapshot(&self) -> StatsSnapshot {
        StatsSnapshot {
            uptime: self.clock.elapsed().saturating_sub(self.started),
            processed: self.processed(),
            by_name: self.by_name.lock().expect("nobody panics while holding this lock").clone(),
        }
    }
}
