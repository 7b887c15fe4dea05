//! Counts what goes wrong often, and says so once a second at most.

use crate::clock::SharedClock;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(1);

pub(super) struct Tally {
    clock: SharedClock,
    total: AtomicU64,
    /// What was said last, and how many there were by then.
    said: Mutex<(Option<Duration>, u64)>,
}

impl Tally {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self { clock, total: AtomicU64::new(0), said: Mutex::default() }
    }

    pub(super) fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Counts, and calls `say` with how many are new when it is time to say it.
    pub(super) fn count(&self, more: u64, say: impl FnOnce(u64)) {
        self.total.fetch_add(more, Ordering::Relaxed);
        self.catch_up(say);
    }

    /// Says what has not been said yet, when it is time.
    fn catch_up(&self, say: impl FnOnce(u64)) {
        self.catch_up_at(self.clock.elapsed(), say);
    }

    fn catch_up_at(&self, now: Duration, say: impl FnOnce(u64)) {
        let total = self.total();
        let new = {
            let mut said = self.said.lock().expect("nobody panics while holding this lock");
            let is_time = said.0.is_none_or(|last| now >= last + EVERY);
            if total == said.1 || !is_time {
                return;
            }
            let new = total - said.1;
            *said = (Some(now), total);
            new
        };
        say(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn it_speaks_once_a_second_and_forgets_nothing() {
        let tally = Tally::new(SystemClock::shared());
        let mut said = Vec::new();
        for (seconds, more) in [(10.0, 2), (10.1, 3), (10.9, 1), (11.0, 0), (12.0, 0), (99.0, 7)] {
            tally.total.fetch_add(more, Ordering::Relaxed);
            tally.catch_up_at(Duration::from_secs_f64(seconds), |new| said.push((seconds, new)));
        }
        assert_eq!(said, [(10.0, 2), (11.0, 4), (99.0, 7)]);
        assert_eq!(tally.total(), 13);
    }
}
