//! Tasks whose end or progress may stand in their stored results, because nobody sends events of it.
//!
//! Python's tasks tell their progress nowhere but in their results, and a worker whose events are switched off tells
//! nothing at all of tasks that are known from their senders.

use super::cluster::Cluster;
use crate::store::history::{NOTHING, Phase};

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsettled {
    /// Those in the hands of workers that are not ours.
    Running,
    /// Those that nobody has told of since before this moment (milliseconds), when they were sent.
    Waiting { since_before: i64 },
}

impl Cluster {
    /// The smallest numbers beyond this one of such tasks.
    pub(super) fn unsettled(&self, which: Unsettled, after: u64, limit: usize) -> Vec<u64> {
        let phases: &[Phase] = match which {
            Unsettled::Running => &[Phase::Received, Phase::Started, Phase::Progress],
            Unsettled::Waiting { .. } => &[Phase::Pending, Phase::Retry],
        };
        let tally = self.index.tally();
        if phases.iter().all(|phase| tally.of(*phase) == 0) {
            return Vec::new();
        }
        match which {
            Unsettled::Running => {
                let ours = self.numbers_of_ours();
                self.index
                    .pick(after, limit, phases, |row| row.worker == NOTHING || !ours.contains(&row.worker))
            }
            Unsettled::Waiting { since_before } => {
                self.index.pick(after, limit, phases, |row| row.created < since_before.saturating_mul(1000))
            }
        }
    }

    /// The numbers of the names of Umbel's workers.
    fn numbers_of_ours(&self) -> Vec<u16> {
        self.workers.ours().filter_map(|name| self.words.find(name)).map(|word| word.number).collect()
    }
}
