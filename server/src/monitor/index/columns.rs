//! The narrow columns of all tasks, side by side in chunks.
//!
//! Tasks are numbered in the order of first sight without large holes, so a task's number is its place: chunk and
//! offset are a division away. Chunks grow at one end and are dropped whole at the other, which costs no copying and
//! never takes twice the memory for a moment, as growing one long vector would.

use crate::store::history::Phase;
use std::collections::VecDeque;

const CHUNK: u64 = 8192;
/// The phase byte of a number that has no task: pruned, or never written.
const GONE: u8 = u8::MAX;

/// What is kept in memory of each task: 25 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) phase: Phase,
    pub(crate) name: u16,
    pub(crate) queue: u16,
    pub(crate) worker: u16,
    /// Microseconds since the epoch.
    pub(crate) created: i64,
    pub(crate) runtime: Option<f32>,
    /// A keyed hash of its id.
    pub(crate) hash: u32,
}

#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) first: u64,
    phases: Vec<u8>,
    pub(crate) names: Vec<u16>,
    pub(crate) queues: Vec<u16>,
    pub(crate) workers: Vec<u16>,
    pub(crate) created: Vec<i64>,
    /// Not a number when the task never ran.
    pub(crate) runtimes: Vec<f32>,
    hashes: Vec<u32>,
}

#[derive(Debug, Default)]
pub(crate) struct Columns {
    chunks: VecDeque<Chunk>,
}

impl Chunk {
    fn new(first: u64) -> Self {
        let size = CHUNK as usize;
        Self {
            first,
            phases: Vec::with_capacity(size),
            names: Vec::with_capacity(size),
            queues: Vec::with_capacity(size),
            workers: Vec::with_capacity(size),
            created: Vec::with_capacity(size),
            runtimes: Vec::with_capacity(size),
            hashes: Vec::with_capacity(size),
        }
    }

    fn push_gone(&mut self) {
        self.phases.push(GONE);
        self.names.push(0);
        self.queues.push(0);
        self.workers.push(0);
        self.created.push(0);
        self.runtimes.push(f32::NAN);
        self.hashes.push(0);
    }

    /// The phases as bytes: `Phase as u8`, or a larger number where there is no task.
    pub(crate) fn phases(&self) -> &[u8] {
        &self.phases
    }

    fn get(&self, place: usize) -> Option<Row> {
        let phase = Phase::from_number(i64::from(*self.phases.get(place)?))?;
        let runtime = self.runtimes[place];
        Some(Row {
            phase,
            name: self.names[place],
            queue: self.queues[place],
            worker: self.workers[place],
            created: self.created[place],
            runtime: (!runtime.is_nan()).then_some(runtime),
            hash: self.hashes[place],
        })
    }

    fn set(&mut self, place: usize, row: Row) {
        self.phases[place] = row.phase as u8;
        self.names[place] = row.name;
        self.queues[place] = row.queue;
        self.workers[place] = row.worker;
        self.created[place] = row.created;
        self.runtimes[place] = row.runtime.unwrap_or(f32::NAN);
        self.hashes[place] = row.hash;
    }
}

impl Columns {
    /// The oldest chunk first.
    pub(crate) fn chunks(&self) -> impl DoubleEndedIterator<Item = &Chunk> {
        self.chunks.iter()
    }

    pub(crate) fn get(&self, seq: u64) -> Option<Row> {
        let (chunk, place) = self.place(seq)?;
        self.chunks[chunk].get(place)
    }

    /// The hash of the id at this number, which has a task.
    pub(crate) fn hash(&self, seq: u64) -> u32 {
        self.place(seq).map_or(0, |(chunk, place)| self.chunks[chunk].hashes[place])
    }

    /// Puts a task at its number, which may lie anywhere after the oldest chunk's beginning.
    pub(crate) fn set(&mut self, seq: u64, row: Row) {
        self.reach(seq);
        if let Some((chunk, place)) = self.place(seq) {
            self.chunks[chunk].set(place, row);
        }
    }

    /// The smallest numbers beyond this one whose task is not final.
    pub(crate) fn unfinished(&self, after: u64, limit: usize) -> Vec<u64> {
        let phases: Vec<Phase> = Phase::ALL.into_iter().filter(|phase| !phase.is_final()).collect();
        self.pick(after, limit, &phases, |_| true)
    }

    /// The smallest numbers beyond this one whose task is in one of these phases and fits.
    pub(crate) fn pick(
        &self,
        after: u64,
        limit: usize,
        phases: &[Phase],
        fits: impl Fn(&Row) -> bool,
    ) -> Vec<u64> {
        let chunks = self.chunks.iter().skip_while(|chunk| chunk.first + CHUNK <= after);
        let rows = chunks.flat_map(|chunk| (0..).zip(&chunk.phases).map(move |row| (chunk, row)));
        let fitting = rows.filter(|(chunk, (place, phase))| {
            phases.iter().any(|wanted| *wanted as u8 == **phase)
                && chunk.first + *place as u64 > after
                && chunk.get(*place).is_some_and(|row| fits(&row))
        });
        fitting.map(|(chunk, (place, _))| chunk.first + place as u64).take(limit).collect()
    }

    pub(crate) fn remove(&mut self, seq: u64) {
        if let Some((chunk, place)) = self.place(seq) {
            self.chunks[chunk].phases[place] = GONE;
        }
    }

    /// The smallest number that may have a task.
    pub(crate) fn first(&self) -> Option<u64> {
        self.chunks.front().map(|chunk| chunk.first)
    }

    /// Frees the chunks that lie before this number as a whole.
    pub(crate) fn drop_before(&mut self, seq: u64) {
        while self.chunks.front().is_some_and(|chunk| chunk.first + CHUNK <= seq) {
            self.chunks.pop_front();
        }
    }

    /// Makes the columns long enough for this number. After a hole of more than a chunk (history that was pruned
    /// from the middle, which we never do, but files are files) the hole is filled chunk by chunk.
    fn reach(&mut self, seq: u64) {
        if self.chunks.is_empty() {
            self.chunks.push_back(Chunk::new(seq - seq % CHUNK));
        }
        while let Some(last) = self.chunks.back_mut() {
            let end = last.first + last.phases.len() as u64;
            if end > seq {
                break;
            }
            if last.phases.len() as u64 == CHUNK {
                let first = last.first + CHUNK;
                self.chunks.push_back(Chunk::new(first));
            } else {
                last.push_gone();
            }
        }
    }

    fn place(&self, seq: u64) -> Option<(usize, usize)> {
        let distance = seq.checked_sub(self.chunks.front()?.first)?;
        let chunk = usize::try_from(distance / CHUNK).ok()?;
        let place = (distance % CHUNK) as usize;
        (place < self.chunks.get(chunk)?.phases.len()).then_some((chunk, place))
    }
}
