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

    /// Another node's clock was seen: ours is behind it in no case from now on.
    pub fn adopt(&self, clock: u64) {
        self.lamport.fetch_max(clock, Ordering::Relaxed);
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
            clock: self.lamport.fetch_add(1, Ordering::Relaxed) + 1,
            pid: self.pid,
            utcoffset: 0.0,
            kind,
        }
    }
}
