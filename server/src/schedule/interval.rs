//! Every so often.

use chrono::TimeDelta;

/// The shortest interval.
const SHORTEST: TimeDelta = TimeDelta::milliseconds(10);
/// The longest one: two hundred years.
const LONGEST: TimeDelta = TimeDelta::days(73_050);

/// A length of time, at least ten milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub every: TimeDelta,
    /// Runs at whole days, hours, minutes or seconds of the clock, whichever unit the length is in: Celery's `relative`.
    pub relative: bool,
}

impl Interval {
    /// Exact to the microsecond. The error is a sentence about the length.
    pub fn new(every: TimeDelta, relative: bool) -> Result<Self, String> {
        if every < SHORTEST {
            return Err("must be at least 0.01 seconds".to_owned());
        }
        if every > LONGEST {
            return Err("must be at most 73050 days".to_owned());
        }
        let micros = every.num_microseconds().expect("two hundred years are few enough of them");
        Ok(Self { every: TimeDelta::microseconds(micros), relative })
    }
}
