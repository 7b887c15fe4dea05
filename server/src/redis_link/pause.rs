//! How long to wait before the next attempt to connect.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(3);

/// Longer after each attempt that follows closely upon another, none after a connection that has lasted.
#[derive(Debug, Default)]
pub(super) struct Pause {
    /// When the last attempt began, by the clock's own time.
    last: Option<Duration>,
    next: Duration,
}

impl Pause {
    /// How long to wait before an attempt that is wanted now.
    pub(super) fn before(&mut self, now: Duration) -> Option<Duration> {
        let soon = self.last.is_some_and(|last| now < last + 2 * LONGEST);
        let wait = if soon { self.next } else { Duration::ZERO };
        self.next = if wait.is_zero() { FIRST } else { (wait * 2).min(LONGEST) };
        self.last = Some(now + wait);
        (!wait.is_zero()).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_while_attempts_fail_and_is_forgotten_after_a_while() {
        let mut pause = Pause::default();
        let mut now = Duration::from_secs(1000);
        let mut waits = Vec::new();
        for _ in 0..8 {
            let wait = pause.before(now).unwrap_or_default();
            waits.push(wait.as_millis());
            now += wait;
        }
        assert_eq!(waits, [0, 100, 200, 400, 800, 1600, 3000, 3000]);
        assert_eq!(pause.before(now + 2 * LONGEST), None, "that connection has lasted");
    }
}
