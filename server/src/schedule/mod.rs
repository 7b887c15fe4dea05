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
pub use definition::{BEATS, Definition, Expires, Missed, Mistake, Options};
pub use interval::Interval;
pub use solar::{Solar, SolarEvent};
pub use zone::parse as zone;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
pub use chrono_tz::Tz;
use std::collections::VecDeque;

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

/// What is asked about lies between these; nothing is due outside of them.
const EARLIEST: DateTime<Utc> = DateTime::from_timestamp(-62_135_596_800, 0).expect("the year 1");
const LATEST: DateTime<Utc> = DateTime::from_timestamp(253_402_214_400, 0).expect("the end of the year 9999");
/// How far back suns are counted; each costs more than other moments do.
const SUNS: TimeDelta = TimeDelta::days(3653);
/// How many moments are walked through before it is cheaper to count.
const FEW: usize = 8;

impl Occurrence {
    fn plain(at: DateTime<Utc>) -> Self {
        Self { at, shift: None }
    }
}

impl Schedule {
    /// The first moment after `last` at which it is due; `None` when it never is again. Wall times are in this zone.
    ///
    /// For an interval `last` is what it counts from.
    pub fn next_after(&self, last: DateTime<Utc>, zone: Tz) -> Option<Occurrence> {
        let last = last.max(EARLIEST);
        let next = match self {
            _ if last >= LATEST => None,
            Self::Crontab(crontab) => crontab.next_after(last, zone),
            Self::Interval(interval) => interval.next_after(last, zone),
            Self::Solar(solar) => solar.next_after(last).map(Occurrence::plain),
            Self::Once(at) => (*at > last).then_some(Occurrence::plain(*at)),
        };
        next.filter(|next| next.at <= LATEST)
    }

    /// The last moment after `last` and not after `until` at which it is due, and how many there are in between with
    /// that one (no more than `u64::MAX`). Quick however long ago `last` was.
    pub fn latest(&self, last: DateTime<Utc>, until: DateTime<Utc>, zone: Tz) -> Option<(Occurrence, u64)> {
        let until = until.clamp(EARLIEST, LATEST);
        let mut latest = None;
        let mut runs = self.runs(last, until, zone);
        for (run, count) in runs.by_ref().take(FEW).zip(1..) {
            latest = Some((run, count));
        }
        if runs.next().is_none() {
            return latest;
        }
        let newest = self.newest(last, until, zone, 1).pop()?;
        Some((newest, self.count(last, last, until, zone)))
    }

    /// The newest `most` moments after `last` and not after `until`, oldest first.
    pub fn newest(
        &self,
        last: DateTime<Utc>,
        until: DateTime<Utc>,
        zone: Tz,
        most: usize,
    ) -> Vec<Occurrence> {
        let (last, until) = (last.max(EARLIEST), until.min(LATEST));
        match self {
            _ if most == 0 || last >= until => Vec::new(),
            Self::Crontab(crontab) => crontab.newest(last, until, zone, most),
            Self::Interval(interval) => interval.newest(last, until, zone, most),
            Self::Solar(_) | Self::Once(_) => {
                let mut runs: VecDeque<Occurrence> = self.runs(last, until, zone).collect();
                runs.drain(..runs.len().saturating_sub(most));
                runs.into()
            }
        }
    }

    /// How often it is due after `from` and not after `until`, given what an interval counts from. Quick.
    pub fn count(&self, anchor: DateTime<Utc>, from: DateTime<Utc>, until: DateTime<Utc>, zone: Tz) -> u64 {
        let (anchor, from, until) = (anchor.max(EARLIEST), from.max(EARLIEST), until.min(LATEST));
        match self {
            _ if from >= until => 0,
            Self::Crontab(crontab) => crontab.count(from, until, zone),
            Self::Interval(interval) => interval.count(anchor, from, until, zone),
            Self::Solar(_) | Self::Once(_) => self.runs(from, until, zone).map(|_| 1).sum(),
        }
    }

    /// How often it is due in each of the hours from this moment on, of which the first minute belongs to the hour
    /// and that after the last does not. Much quicker than counting one by one.
    pub fn counts_by_hour(
        &self,
        anchor: DateTime<Utc>,
        from: DateTime<Utc>,
        hours: usize,
        zone: Tz,
    ) -> Vec<u64> {
        let anchor = anchor.max(EARLIEST);
        match self {
            _ if from < EARLIEST || from >= LATEST => vec![0; hours],
            Self::Crontab(crontab) => crontab.counts_by_hour(from, hours, zone),
            Self::Interval(interval) => interval.counts_by_hour(anchor, from, hours, zone),
            Self::Solar(_) | Self::Once(_) => {
                let mut counts = vec![0; hours];
                let end = from + TimeDelta::hours(i64::try_from(hours).unwrap_or_default());
                for run in self.runs(from - zone::INSTANT, end - zone::INSTANT, zone) {
                    let hour = usize::try_from((run.at - from).num_hours()).unwrap_or_default();
                    counts[hour] += 1;
                }
                counts
            }
        }
    }

    /// All moments after one and not after another, one by one.
    fn runs(&self, last: DateTime<Utc>, until: DateTime<Utc>, zone: Tz) -> impl Iterator<Item = Occurrence> {
        let last = if matches!(self, Self::Solar(_)) { last.max(until - SUNS) } else { last };
        let runs =
            std::iter::successors(self.next_after(last, zone), move |run| self.next_after(run.at, zone));
        runs.take_while(move |run| run.at <= until)
    }
}
