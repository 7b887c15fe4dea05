//! When the tasks of a limited kind may start: one token at a time, Celery's bucket of capacity 1. Pure.
//!
//! A task whose token comes within a moment waits in the worker, without a slot ([`super::Room`]). All others go back
//! to the broker, held until the moment of their token: there they survive a crash, can be seen and cancelled, and
//! fill nobody's memory. The moments lie one behind the other, so what comes back finds its token. Celery keeps them
//! all in the worker instead, where they use up its prefetch and keep other tasks out.

use crate::task::Rate;
use std::collections::VecDeque;
use std::time::Duration;

/// Waits up to this long are not worth a trip to the broker.
const SHORT: Duration = Duration::from_secs(1);
/// Nothing is held for longer at once, so that a change of the limit is felt by what waits already.
pub(crate) const LONGEST: Duration = Duration::from_secs(300);

/// What becomes of a task that wants to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admit {
    Now,
    /// Its token comes in a moment; it waits here until then.
    Soon(Duration),
    /// Back to the broker until then.
    Hold(Duration),
}

#[derive(Debug)]
pub(super) struct Bucket {
    interval: Duration,
    /// The first token nobody in this worker has been given yet.
    next: Duration,
    /// The tokens of tasks on hold, in order. Who comes back is not looked at: any task of the kind may use the token.
    held: VecDeque<Duration>,
}

impl Bucket {
    /// Starts with its token there.
    pub(super) fn new(rate: Rate) -> Self {
        Self { interval: rate.interval(), next: Duration::ZERO, held: VecDeque::new() }
    }

    /// `room` says whether there is room to wait in.
    pub(super) fn admit(&mut self, now: Duration, room: bool) -> Admit {
        // One that is long overdue was revoked, or a neighbour has run it.
        while self.held.front().is_some_and(|at| *at + LONGEST < now) {
            self.held.pop_front();
        }
        match (self.held.front(), self.held.back()) {
            (Some(first), _) if *first <= now => {
                self.held.pop_front();
            }
            // A newcomer does not overtake those that were put back before it.
            (_, Some(last)) => return self.hold(now, last.saturating_add(self.interval)),
            _ => {}
        }
        let token = self.next.max(now);
        let wait = token - now;
        if wait.is_zero() || (wait <= SHORT && room) {
            self.next = token.saturating_add(self.interval);
            return if wait.is_zero() { Admit::Now } else { Admit::Soon(token) };
        }
        let behind = self.held.back().map_or(token, |last| last.saturating_add(self.interval));
        self.hold(now, token.max(behind))
    }

    fn hold(&mut self, now: Duration, token: Duration) -> Admit {
        let longest = now + LONGEST;
        if token <= longest {
            self.held.push_back(token);
        }
        Admit::Hold(token.min(longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(rate: &str) -> Bucket {
        Bucket::new(Rate::parse(rate).expect("sound").expect("a limit"))
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn one_starts_and_the_others_get_the_tokens_that_follow() {
        let mut bucket = bucket("2/s");
        let admitted: Vec<Admit> = (0..5).map(|_| bucket.admit(ms(0), true)).collect();
        let expected = [
            Admit::Now,
            Admit::Soon(ms(500)),
            Admit::Soon(ms(1000)),
            Admit::Hold(ms(1500)),
            Admit::Hold(ms(2000)),
        ];
        assert_eq!(admitted, expected);
        assert_eq!(bucket.admit(ms(100), true), Admit::Hold(ms(2500)), "a newcomer stands behind");
        assert_eq!(bucket.admit(ms(1500), true), Admit::Now, "who comes back finds its token");
        assert_eq!(bucket.admit(ms(2000), true), Admit::Now);
    }

    #[test]
    fn there_is_no_burst_after_a_quiet_hour() {
        let mut bucket = bucket("10/m");
        assert_eq!(bucket.admit(ms(3_600_000), true), Admit::Now);
        assert_eq!(bucket.admit(ms(3_600_000), true), Admit::Hold(ms(3_606_000)));
    }

    #[test]
    fn who_comes_back_late_does_not_share_a_token() {
        let mut bucket = bucket("1/s");
        assert_eq!(bucket.admit(ms(0), false), Admit::Now);
        assert_eq!(bucket.admit(ms(0), false), Admit::Hold(ms(1000)));
        assert_eq!(bucket.admit(ms(0), false), Admit::Hold(ms(2000)));
        assert_eq!(bucket.admit(ms(2100), true), Admit::Now);
        assert_eq!(bucket.admit(ms(2100), true), Admit::Soon(ms(3100)));
    }

    #[test]
    fn nothing_is_held_for_ages_and_nothing_piles_up() {
        let mut bucket = bucket("1/h");
        assert_eq!(bucket.admit(ms(0), true), Admit::Now);
        for _ in 0..1000 {
            assert_eq!(bucket.admit(ms(0), true), Admit::Hold(LONGEST));
        }
        assert!(bucket.held.is_empty());
    }

    #[test]
    fn without_room_it_is_held_even_for_a_moment() {
        let mut bucket = bucket("10/s");
        assert_eq!(bucket.admit(ms(0), false), Admit::Now);
        assert_eq!(bucket.admit(ms(0), false), Admit::Hold(ms(100)));
    }
}
