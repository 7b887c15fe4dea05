//! Who an event is from: fills the fields all events share.

use crate::clock::{self, SharedClock};
use crate::protocol::{Event, EventKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A node that speaks on the bus. Clones are the same node and share its Lamport clock.
#[derive(Clone, Debug)]
pub struct Speaker {
    hostname: Arc<str>,
    pid: u32,
    lamport: Arc<AtomicU64>,
    clock: SharedClock,
}

impl Speaker {
    pub fn new(hostname: &str, clock: SharedClock) -> Self {
        Self { hostname: Arc::from(hostname), pid: std::process::id(), lamport: Arc::default(), clock }
    }

    pub fn hostname(&self) -> &str {
        &self.hostname
    }

    /// How far the Lamport clock is.
    pub fn clock(&self) -> u64 {
        self.lamport.load(Ordering::Relaxed)
    }

    /// The same node's clock under another name: all speakers of a process count together.
    pub fn as_node(&self, hostname: &str) -> Self {
        Self { hostname: Arc::from(hostname), ..self.clone() }
    }

    /// Counts on, for something that is about to be said.
    pub fn forward(&self) -> u64 {
        self.lamport.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// What was heard was said before whatever is said from now on.
    pub fn adopt(&self, heard: u64) {
        // A clock beyond all reason is somebody's mistake, and would be everybody's from then on.
        if heard < u64::MAX / 2 {
            self.lamport.fetch_max(heard.saturating_add(1), Ordering::Relaxed);
        }
    }

    /// An event of now.
    pub fn event(&self, kind: EventKind) -> Event {
        self.event_at(clock::epoch(&*self.clock), kind)
    }

    /// An event of a moment the caller has already looked up: one look serves a whole batch.
    pub fn event_at(&self, timestamp: f64, kind: EventKind) -> Event {
        Event {
            hostname: Arc::clone(&self.hostname),
            timestamp,
            clock: self.forward(),
            pid: self.pid,
            utcoffset: 0.0,
            kind,
        }
    }
}
