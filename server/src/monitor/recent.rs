//! The full records of tasks something happened to lately.
//!
//! Two generations: what is touched moves to the young one; when that is full, the old one is dropped and the young
//! one takes its place. That keeps between half and all of the allowed records, which is as good as an exact order of
//! use and costs nothing per touch. Records with changes that are not on disk yet are never dropped.

use crate::store::history::{Attempt, TaskRecord};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::Arc;

/// Bytes of records in memory, roughly, at most.
const MAX_WEIGHT: usize = 16 << 20;

/// A record with what has to go to disk.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) record: Arc<TaskRecord>,
    /// Whether the database has a row for it.
    pub(crate) stored: bool,
    /// Whether it is in the flush that is under way.
    pub(crate) in_flight: bool,
    /// Whether it waits for the next flush.
    pub(crate) dirty: bool,
    /// The feed's number of its last change.
    pub(crate) published: u64,
    /// New entries of its timeline, packed.
    pub(crate) pack: Vec<u8>,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) body: Option<Bytes>,
    /// How many timeline entries are on disk or on their way.
    pub(crate) part: u32,
}

#[derive(Debug)]
pub(crate) struct Recent {
    young: HashMap<u64, Entry>,
    old: HashMap<u64, Entry>,
    half: usize,
    weight: usize,
}

impl Entry {
    pub(crate) fn new(record: TaskRecord, stored: bool) -> Self {
        let part = record.events;
        Self {
            record: Arc::new(record),
            stored,
            in_flight: false,
            dirty: false,
            published: 0,
            pack: Vec::new(),
            attempts: Vec::new(),
            body: None,
            part,
        }
    }

    /// Roughly the bytes that wait for the disk beside the record itself.
    pub(crate) fn waiting_bytes(&self) -> usize {
        let attempt = |attempt: &Attempt| 128 + attempt.traceback.as_ref().map_or(0, |text| text.len());
        let attempts: usize = self.attempts.iter().map(attempt).sum();
        self.pack.len() + self.body.as_ref().map_or(0, |body| body.len()) + attempts
    }

    fn is_pinned(&self) -> bool {
        self.dirty || self.in_flight
    }
}

impl Recent {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), half: (capacity / 2).max(1), weight: 0 }
    }

    /// Looks without touching.
    pub(crate) fn get(&self, seq: u64) -> Option<&Entry> {
        self.young.get(&seq).or_else(|| self.old.get(&seq))
    }

    /// The entry, which counts as touched.
    pub(crate) fn touch(&mut self, seq: u64) -> Option<&mut Entry> {
        if let Some(entry) = self.old.remove(&seq) {
            self.insert(seq, entry);
        }
        self.young.get_mut(&seq)
    }

    pub(crate) fn insert(&mut self, seq: u64, entry: Entry) {
        if self.young.len() >= self.half || self.weight >= MAX_WEIGHT / 2 {
            self.age();
        }
        self.weight += entry.record.weight();
        self.young.insert(seq, entry);
    }

    /// Entries whose changes are not on disk yet.
    pub(crate) fn pinned(&self) -> impl Iterator<Item = &Entry> {
        self.young.values().chain(self.old.values()).filter(|entry| entry.is_pinned())
    }

    pub(crate) fn remove(&mut self, seq: u64) -> Option<Entry> {
        self.young.remove(&seq).or_else(|| self.old.remove(&seq))
    }

    pub(crate) fn drop_before(&mut self, seq: u64) {
        self.young.retain(|key, _| *key >= seq);
        self.old.retain(|key, _| *key >= seq);
    }

    /// How many records are held.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Drops the old generation. What is pinned there stays old for one more round.
    fn age(&mut self) {
        let pinned = self.old.extract_if(|_, entry| entry.is_pinned()).collect::<Vec<_>>();
        self.old = std::mem::take(&mut self.young);
        self.old.extend(pinned);
        self.weight = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::TaskId;

    fn entry(seq: u64) -> Entry {
        Entry::new(TaskRecord::new(seq, TaskId::from(seq.to_string()), 0), true)
    }

    #[test]
    fn what_is_touched_stays_and_the_rest_goes() {
        let mut recent = Recent::new(8);
        for seq in 0..100 {
            assert!(seq == 0 || recent.touch(0).is_some(), "the touched one is still here at {seq}");
            recent.insert(seq, entry(seq));
        }
        assert!(recent.len() <= 8);
        assert!(recent.get(50).is_none());
        assert!(recent.get(99).is_some());
    }

    #[test]
    fn what_is_not_on_disk_stays() {
        let mut recent = Recent::new(4);
        let mut dirty = entry(0);
        dirty.dirty = true;
        recent.insert(0, dirty);
        (1..50).for_each(|seq| recent.insert(seq, entry(seq)));
        assert!(recent.get(0).is_some());
        recent.touch(0).expect("just seen").dirty = false;
        (50..99).for_each(|seq| recent.insert(seq, entry(seq)));
        assert!(recent.get(0).is_none());
    }
}
