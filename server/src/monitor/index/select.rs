//! One page out of all tasks: filter, count and order in a single pass over the columns.
//!
//! Nothing is sorted but the page itself. A row that matches is counted, then compared with the worst row the page
//! has so far; only one that beats it enters the heap. Walking from the end where the best rows probably are makes
//! that rare.

use super::columns::{Chunk, Columns};
use crate::monitor::query::{Cursor, Place, Sort};
use crate::store::history::Phase;
use std::collections::BinaryHeap;

/// A query in numbers instead of words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Empty means any.
    pub(crate) phases: Vec<Phase>,
    pub(crate) name: Option<u16>,
    pub(crate) queue: Option<u16>,
    pub(crate) worker: Option<u16>,
    /// Created at or after, in microseconds.
    pub(crate) since: Option<i64>,
    /// Created before.
    pub(crate) until: Option<i64>,
}

/// The rows of a page in their order.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Selection {
    pub(crate) rows: Vec<Cursor>,
    pub(crate) total: u64,
    pub(crate) has_prev: bool,
    pub(crate) has_next: bool,
}

impl Columns {
    pub(crate) fn select(&self, filter: &Filter, sort: Sort, place: Place, limit: usize) -> Selection {
        let descending = matches!(sort, Sort::Newest | Sort::Slowest);
        let backwards = matches!(place, Place::Before(_));
        let mut page = Nearest::new(descending != backwards, place, limit);
        // The page before a place is found by walking away from it, and turned round at the end.
        if descending != backwards {
            self.chunks().rev().for_each(|chunk| page.scan(chunk, filter, sort));
        } else {
            self.chunks().for_each(|chunk| page.scan(chunk, filter, sort));
        }
        let (mut rows, beyond, passed) = page.finish();
        let more = beyond > rows.len() as u64;
        if backwards {
            rows.reverse();
        }
        let (has_prev, has_next) = if backwards { (more, passed > 0) } else { (passed > 0, more) };
        Selection { rows, total: beyond + passed, has_prev, has_next }
    }
}

impl Filter {
    /// One bit for each phase byte; numbers without a task are beyond the tenth bit and never set.
    fn phase_bits(&self) -> u32 {
        let all = if self.phases.is_empty() { &Phase::ALL[..] } else { &self.phases };
        all.iter().fold(0, |bits, phase| bits | 1 << *phase as u8)
    }
}

/// The rows nearest to a place, seen in one direction, while the columns go by.
struct Nearest {
    /// All ones to turn the order of keys and numbers round, or zero.
    turn: i64,
    /// Only rows beyond this rank belong to the page.
    bound: Option<Rank>,
    limit: usize,
    heap: BinaryHeap<Rank>,
    /// Matches beyond the bound.
    beyond: u64,
    /// Matches up to the bound.
    passed: u64,
}

/// A row's key and number, turned so that smaller is nearer.
type Rank = (i64, i64);

impl Nearest {
    fn new(descending: bool, place: Place, limit: usize) -> Self {
        let turn = if descending { -1 } else { 0 };
        let bound = match place {
            Place::Start => None,
            Place::After(cursor) | Place::Before(cursor) => {
                Some((cursor.key ^ turn, cursor.seq as i64 ^ turn))
            }
        };
        Self { turn, bound, limit, heap: BinaryHeap::with_capacity(limit + 1), beyond: 0, passed: 0 }
    }

    fn scan(&mut self, chunk: &Chunk, filter: &Filter, sort: Sort) {
        let bits = filter.phase_bits();
        let by_runtime = matches!(sort, Sort::Slowest | Sort::Fastest);
        let phases = chunk.phases();
        let count = phases.len();
        for step in 0..count {
            let place = if self.turn == 0 { step } else { count - 1 - step };
            // A shift by 255 (no task) wraps to the 31st bit, which no phase has.
            let matches = bits.wrapping_shr(u32::from(phases[place])) & 1 == 1
                && filter.name.is_none_or(|name| chunk.names[place] == name)
                && filter.queue.is_none_or(|queue| chunk.queues[place] == queue)
                && filter.worker.is_none_or(|worker| chunk.workers[place] == worker)
                && filter.since.is_none_or(|since| chunk.created[place] >= since)
                && filter.until.is_none_or(|until| chunk.created[place] < until);
            if !matches {
                continue;
            }
            let key = if by_runtime {
                let runtime = chunk.runtimes[place];
                if runtime.is_nan() {
                    continue;
                }
                // The bits of floats that are not negative are in the order of the floats.
                i64::from(runtime.to_bits())
            } else {
                chunk.created[place]
            };
            self.offer((key ^ self.turn, (chunk.first + place as u64) as i64 ^ self.turn));
        }
    }

    fn offer(&mut self, rank: Rank) {
        if self.bound.is_some_and(|bound| rank <= bound) {
            self.passed += 1;
            return;
        }
        self.beyond += 1;
        if self.heap.len() < self.limit {
            self.heap.push(rank);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && rank < *worst
        {
            *worst = rank;
        }
    }

    fn finish(self) -> (Vec<Cursor>, u64, u64) {
        let turn = self.turn;
        let rows = self.heap.into_sorted_vec();
        let rows = rows.into_iter().map(|(key, seq)| Cursor { key: key ^ turn, seq: (seq ^ turn) as u64 });
        (rows.collect(), self.beyond, self.passed)
    }
}
