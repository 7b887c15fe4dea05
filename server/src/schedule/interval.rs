//! Every so often.

use chrono::TimeDelta;

/// A length of time, at least ten milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub every: TimeDelta,
    /// Runs at whole days, hours, minutes or seconds of the clock, whichever unit the length is in: Celery's `relative`.
    pub relative: bool,
}
