//! What this process may own without knowing it.
//!
//! When a connection breaks between the taking of messages and its answer, they may be booked as ours or may still be
//! in their lists, and nobody tells. The numbers they would have are remembered, and for a while whatever is booked
//! under one of them is given back: for a while, because a network may deliver a command long after its sender has
//! given up on it.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// How late a command may still be done.
const LATE: Duration = Duration::from_secs(60);
/// Takings that are remembered at most. One fails every few seconds, so these are more than an hour's.
const MOST: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Doubt(Mutex<Vec<Unsure>>);

#[derive(Debug)]
struct Unsure {
    numbers: Range<i64>,
    since: Duration,
}

impl Doubt {
    /// The fate of these numbers is not known since that moment of the clock's own time.
    pub(super) fn add(&self, numbers: Range<i64>, since: Duration) {
        let mut unsure = self.lock();
        if unsure.len() == MOST {
            unsure.remove(0);
        }
        unsure.push(Unsure { numbers, since });
    }

    /// The numbers to look for now. Those in doubt for long are handed out for the last time.
    pub(super) fn numbers(&self, now: Duration) -> Vec<Range<i64>> {
        let mut unsure = self.lock();
        let numbers = unsure.iter().map(|unsure| unsure.numbers.clone()).collect();
        unsure.retain(|unsure| now < unsure.since + LATE);
        numbers
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Unsure>> {
        self.0.lock().expect("nobody panics while holding this lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_remembered_for_a_while_and_looked_for_once_after_it() {
        let doubt = Doubt::default();
        let firsts = |second| -> Vec<i64> {
            doubt.numbers(Duration::from_secs(second)).into_iter().map(|numbers| numbers.start).collect()
        };
        doubt.add(0..3, Duration::from_secs(5));
        assert_eq!(firsts(6), [0]);
        doubt.add(7..8, Duration::from_secs(60));
        assert_eq!(firsts(65), [0, 7]);
        assert_eq!(firsts(65), [7]);
    }
}
