//! When things are due. Pure: the last time and a zone go in, moments come out.
//!
//! Everything here means what it means in Celery; where Celery is in doubt (a clock that is put forward or back) it
//! is what was recorded of it, or better, and the difference is told in `server/docs/schedules.md`.

mod crontab;
mod definition;
mod interval;
pub(crate) mod length;
mod solar;
mod words;
mod zone;

pub use crontab::{Crontab, CrontabError, Values};
pub use definition::{Definition, Expires, Missed, Mistake, Options};
pub use interval::Interval;
pub use solar::{Solar, SolarEvent};
pub use zone::parse as zone;

use chrono::{DateTime, NaiveDateTime, Utc};
pub use chrono_tz::Tz;

/// When an entry is due.
#[derive(Clone, Debug, PartialEq)]
pub enum Schedule {
    Crontab(Crontab),
    Interval(Interval),
    Solar(Solar),
    /// One moment, once.
    Once(DateTime<Utc>),
}

/// A moment at which something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    pub at: DateTime<Utc>,
    /// What daylight saving time has done to it.
    pub shift: Option<Shift>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shift {
    /// The wall time that was meant does not exist that day; it runs that much later on the clock as the clock jumps.
    Skipped { meant: NaiveDateTime },
    /// The wall time comes twice that day; it runs the first time.
    Repeated,
}

impl Schedule {
    /// The first moment after `last` at which it is due; `None` when it never is again. Wall times are in this zone.
    ///
    /// For an interval `last` is what it counts from.
    pub fn next_after(&self, last: DateTime<Utc>, zone: Tz) -> Option<Occurrence> {
        let _ = (last, zone);
        todo!()
    }

    /// The last moment after `last` and not after `until` at which it is due, and how many there are in between with
    /// that one (no more than `u64::MAX`). Quick however long ago `last` was.
    pub fn latest(&self, last: DateTime<Utc>, until: DateTime<Utc>, zone: Tz) -> Option<(Occurrence, u64)> {
        let _ = (last, until, zone);
        todo!()
    }

    /// The newest `most` moments after `last` and not after `until`, oldest first.
    pub fn newest(
        &self,
        last: DateTime<Utc>,
        until: DateTime<Utc>,
        zone: Tz,
        most: usize,
    ) -> Vec<Occurrence> {
        let _ = (last, until, zone, most);
        todo!()
    }

    /// How often it is due after `from` and not after `until`, given what an interval counts from. Quick.
    pub fn count(&self, anchor: DateTime<Utc>, from: DateTime<Utc>, until: DateTime<Utc>, zone: Tz) -> u64 {
        let _ = (anchor, from, until, zone);
        todo!()
    }
}
