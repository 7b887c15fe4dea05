//! How many tasks there are of each kind, kept up to date with every change.

use super::Row;
use crate::store::history::{NOTHING, OTHER, Phase};

#[derive(Debug, Default)]
pub(crate) struct Tally {
    total: u64,
    phases: [u64; Phase::ALL.len()],
    names: Vec<u32>,
    queues: Vec<u32>,
}

impl Tally {
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn of(&self, phase: Phase) -> u64 {
        self.phases[phase as usize]
    }

    /// Numbers of the task names there are.
    pub(crate) fn names(&self) -> impl Iterator<Item = u16> {
        present(&self.names)
    }

    /// Numbers of the queues there are.
    pub(crate) fn queues(&self) -> impl Iterator<Item = u16> {
        present(&self.queues)
    }

    pub(super) fn add(&mut self, row: &Row) {
        self.total += 1;
        self.phases[row.phase as usize] += 1;
        *place(&mut self.names, row.name) += 1;
        *place(&mut self.queues, row.queue) += 1;
    }

    pub(super) fn remove(&mut self, row: &Row) {
        self.total -= 1;
        self.phases[row.phase as usize] -= 1;
        *place(&mut self.names, row.name) -= 1;
        *place(&mut self.queues, row.queue) -= 1;
    }
}

fn place(counts: &mut Vec<u32>, word: u16) -> &mut u32 {
    let place = usize::from(word);
    if counts.len() <= place {
        counts.resize(place + 1, 0);
    }
    &mut counts[place]
}

fn present(counts: &[u32]) -> impl Iterator<Item = u16> {
    (0u16..)
        .zip(counts)
        .filter(|(word, count)| **count > 0 && ![NOTHING, OTHER].contains(word))
        .map(|(word, _)| word)
}
