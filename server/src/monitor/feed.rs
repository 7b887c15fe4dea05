//! The live feed: what changed since a given moment, however slow the reader is.
//!
//! Each folded batch gets a number, and a ring remembers which tasks and workers changed under which number. A reader
//! keeps only the last number it has seen and pulls; nothing is buffered for it, so a thousand sleeping readers cost
//! nothing and a slow one simply gets fewer, larger, coalesced deltas. A reader that was away for longer than the
//! ring reaches is told that there is a gap.

use super::worker::WorkerRecord;
use crate::store::history::TaskRecord;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// Changes the ring remembers.
const RING: usize = 65_536;
/// The most tasks in one delta.
pub const DELTA_TASKS: usize = 200;

/// All that changed since the number the reader named, each thing once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delta {
    /// The number to name next time.
    pub seq: u64,
    /// More happened than is remembered: fetch the whole picture again.
    pub gap: bool,
    /// The newest picture of each changed task, the latest change first; at most [`DELTA_TASKS`].
    pub tasks: Vec<Arc<TaskRecord>>,
    /// How many tasks changed beyond those.
    pub more: u64,
    pub workers: Vec<WorkerRecord>,
}

/// Who changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Changed {
    Task(u64),
    Worker(Arc<str>),
}

/// The ring of changes. Numbers begin at the microsecond of the start, so that a reader who comes back after a
/// restart of the product is never taken for one who has just been away.
#[derive(Debug)]
pub(crate) struct Ring {
    seq: u64,
    /// A reader who has seen this number or a later one misses nothing.
    floor: u64,
    changes: VecDeque<(u64, Changed)>,
    capacity: usize,
}

/// The changes after some number, resolved to names only.
#[derive(Debug, PartialEq)]
pub(crate) struct Since {
    pub(crate) gap: bool,
    /// The latest change first.
    pub(crate) tasks: Vec<u64>,
    pub(crate) more: u64,
    pub(crate) workers: Vec<Arc<str>>,
}

impl Ring {
    pub(crate) fn new(first: u64) -> Self {
        Self::with_capacity(first, RING)
    }

    pub(crate) fn with_capacity(first: u64, capacity: usize) -> Self {
        Self { seq: first, floor: first, changes: VecDeque::new(), capacity }
    }

    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }

    /// Books one batch of changes under the next number, which it returns.
    pub(crate) fn publish(&mut self, changes: impl IntoIterator<Item = Changed>) -> u64 {
        self.seq += 1;
        for change in changes {
            if self.changes.len() == self.capacity
                && let Some((seq, _)) = self.changes.pop_front()
            {
                self.floor = seq;
            }
            self.changes.push_back((self.seq, change));
        }
        self.seq
    }

    pub(crate) fn since(&self, seen: u64) -> Since {
        let gap = seen < self.floor || seen > self.seq;
        let mut since = Since { gap, tasks: Vec::new(), more: 0, workers: Vec::new() };
        if gap {
            return since;
        }
        let mut met = HashSet::new();
        for (_, change) in self.changes.iter().rev().take_while(|(seq, _)| *seq > seen) {
            if !met.insert(change) {
                continue;
            }
            match change {
                Changed::Task(seq) if since.tasks.len() < DELTA_TASKS => since.tasks.push(*seq),
                Changed::Task(_) => since.more += 1,
                Changed::Worker(name) => since.workers.push(Arc::clone(name)),
            }
        }
        since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_each_thing_once_and_the_latest_first() {
        let mut ring = Ring::with_capacity(100, 10);
        ring.publish([Changed::Task(1), Changed::Task(2)]);
        ring.publish([Changed::Task(1), Changed::Worker("w".into())]);
        let all = ring.since(100);
        assert_eq!(all, Since { gap: false, tasks: vec![1, 2], more: 0, workers: vec!["w".into()] });
        assert_eq!(ring.since(101).tasks, [1]);
        assert_eq!(ring.since(102), Since { gap: false, tasks: vec![], more: 0, workers: vec![] });
    }

    #[test]
    fn who_was_away_too_long_or_comes_from_another_life_is_told() {
        let mut ring = Ring::with_capacity(100, 2);
        for task in 1..=3 {
            ring.publish([Changed::Task(task)]);
        }
        assert!(ring.since(100).gap, "the first change fell out of the ring");
        assert_eq!(ring.since(101).tasks, [3, 2]);
        assert!(ring.since(99).gap, "from before the start");
        assert!(ring.since(200).gap, "from the future");
    }

    #[test]
    fn a_batch_larger_than_the_ring_is_a_gap() {
        let mut ring = Ring::with_capacity(0, 4);
        let seq = ring.publish((0..9).map(Changed::Task));
        assert!(ring.since(0).gap);
        assert!(!ring.since(seq).gap);
    }

    #[test]
    fn a_delta_is_bounded() {
        let mut ring = Ring::new(0);
        ring.publish((0..1000).map(Changed::Task));
        let since = ring.since(0);
        assert_eq!(since.tasks.len(), DELTA_TASKS);
        assert_eq!(since.tasks[0], 999);
        assert_eq!(since.more, 800);
    }
}
