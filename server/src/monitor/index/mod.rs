//! The column index: a few narrow columns of every task in history, in memory.
//!
//! A list of tasks can be filtered five ways and sorted four ways. Indexes in the database for all of that would cost
//! more than writing the tasks themselves, with every event. A pass over one million rows of memory takes a few
//! milliseconds, needs 33 bytes a task, is the same for every filter and every sort, and counts the matches on the
//! way. Fifty rows are then fetched from the database by key.
//!
//! It also answers whether an id was ever seen, so the database needs no index on ids either.

mod columns;
mod ids;
mod select;
mod tally;

pub(crate) use columns::Row;
pub(crate) use select::{Filter, Selection};

use super::query::{Place, Sort};
use crate::store::history::Phase;
use columns::Columns;
use ids::Ids;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use tally::Tally;

#[derive(Debug, Default)]
pub(crate) struct Index {
    columns: Columns,
    ids: Ids,
    tally: Tally,
    /// When scheduled tasks become due (milliseconds), and what they are from then on.
    due: BTreeMap<(i64, u64), Phase>,
    /// Keyed by chance, so that nobody outside can choose ids that collide.
    hasher: RandomState,
    /// The largest number given so far.
    last: u64,
}

impl Index {
    pub(crate) fn hash(&self, id: &str) -> u32 {
        self.hasher.hash_one(id) as u32
    }

    /// Numbers of tasks whose id may have this hash.
    pub(crate) fn candidates(&self, hash: u32) -> impl Iterator<Item = u64> {
        self.ids
            .candidates(hash)
            .filter_map(|low| self.widen(low))
            .filter(move |seq| self.columns.hash(*seq) == hash)
    }

    /// The next free number.
    pub(crate) fn number(&mut self) -> u64 {
        self.last += 1;
        if !Ids::is_number(self.last) {
            self.last += 1;
        }
        self.last
    }

    /// Puts a task at its number, or replaces what is known of it there.
    pub(crate) fn set(&mut self, seq: u64, row: Row) {
        if self.columns.first().is_some_and(|first| seq < first) {
            return;
        }
        self.last = self.last.max(seq);
        match self.columns.get(seq) {
            Some(before) if before == row => return,
            Some(before) => self.tally.remove(&before),
            None => {
                let Self { ids, columns, .. } = self;
                columns.set(seq, row);
                let first = columns.first().unwrap_or(0);
                ids.insert(row.hash, seq as u32, |low| columns.hash(widen(first, low)));
            }
        }
        self.columns.set(seq, row);
        self.tally.add(&row);
    }

    /// Remembers that a scheduled task becomes due, and what it is then.
    pub(crate) fn schedule(&mut self, seq: u64, eta: i64, then: Phase) {
        self.due.insert((eta, seq), then);
    }

    /// Tasks whose moment has come since the last call; they count as waiting from now on.
    pub(crate) fn come_due(&mut self, now: i64) -> Vec<u64> {
        let mut come = Vec::new();
        while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= now) {
            let ((_, seq), then) = entry.remove_entry();
            if let Some(row) = self.columns.get(seq).filter(|row| row.phase == Phase::Scheduled) {
                self.set(seq, Row { phase: then, ..row });
                come.push(seq);
            }
        }
        come
    }

    pub(crate) fn remove(&mut self, seq: u64) {
        let Some(row) = self.columns.get(seq) else { return };
        let Self { ids, columns, .. } = self;
        let first = columns.first().unwrap_or(0);
        ids.remove(row.hash, seq as u32, |low| columns.hash(widen(first, low)));
        self.columns.remove(seq);
        self.tally.remove(&row);
    }

    /// Forgets all tasks before this number.
    pub(crate) fn drop_before(&mut self, seq: u64) {
        let Some(first) = self.columns.first() else { return };
        (first..seq.min(self.last + 1)).for_each(|seq| self.remove(seq));
        self.columns.drop_before(seq);
        self.due.retain(|(_, scheduled), _| *scheduled >= seq);
    }

    /// The number before which lie at most all but the newest `keep` tasks and all created before `oldest`.
    pub(crate) fn prune_point(&self, keep: u64, oldest: i64) -> u64 {
        let mut excess = self.tally.total().saturating_sub(keep);
        let mut point = self.columns.first().unwrap_or(0);
        while point <= self.last {
            match self.columns.get(point) {
                Some(_) if excess > 0 => excess -= 1,
                Some(row) if row.created >= oldest => break,
                _ => {}
            }
            point += 1;
        }
        point
    }

    pub(crate) fn select(&self, filter: &Filter, sort: Sort, place: Place, limit: usize) -> Selection {
        self.columns.select(filter, sort, place, limit)
    }

    /// The smallest numbers beyond this one whose task is not final.
    pub(crate) fn unfinished(&self, after: u64, limit: usize) -> Vec<u64> {
        self.columns.unfinished(after, limit)
    }

    /// The smallest numbers beyond this one whose task is in one of these phases and fits.
    pub(crate) fn pick(
        &self,
        after: u64,
        limit: usize,
        phases: &[Phase],
        fits: impl Fn(&Row) -> bool,
    ) -> Vec<u64> {
        self.columns.pick(after, limit, phases, fits)
    }

    /// The smallest number that may have a task.
    pub(crate) fn first(&self) -> Option<u64> {
        self.columns.first()
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    fn widen(&self, low: u32) -> Option<u64> {
        self.columns.first().map(|first| widen(first, low))
    }
}

/// The number with this lower half that is not before `first`.
fn widen(first: u64, low: u32) -> u64 {
    first + u64::from(low.wrapping_sub(first as u32))
}

#[cfg(test)]
mod tests;
