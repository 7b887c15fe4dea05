//! Every so often.

use super::zone::{self, Change, INSTANT};
use super::{Occurrence, Tz};
use chrono::{DateTime, NaiveTime, TimeDelta, Timelike, Utc};

/// The shortest interval.
const SHORTEST: TimeDelta = TimeDelta::milliseconds(10);
/// The longest one: two hundred years.
const LONGEST: TimeDelta = TimeDelta::days(73_050);
const DAY: TimeDelta = TimeDelta::days(1);

/// A length of time, made by `new`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub every: TimeDelta,
    /// Runs at whole days, hours, minutes or seconds of the clock, whichever unit the length is in: Celery's
    /// `relative`. Hours, minutes and seconds are counted as they pass, days as the calendar has them.
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
        Ok(Self { every: TimeDelta::microseconds(micros(every)), relative })
    }

    pub(super) fn next_after(&self, last: DateTime<Utc>, zone: Tz) -> Option<Occurrence> {
        let at = last.checked_add_signed(self.every)?;
        let at = match self.unit() {
            None => at,
            Some(DAY) => {
                let date = (zone::wall(zone, last) + self.every).date();
                return Some(zone::moment(zone, date.and_time(NaiveTime::MIN)));
            }
            Some(unit) => at - into_unit(zone, at, unit),
        };
        Some(Occurrence { at, shift: None })
    }

    /// The unit whose beginnings it keeps to.
    fn unit(&self) -> Option<TimeDelta> {
        let units = [DAY, TimeDelta::hours(1), TimeDelta::minutes(1), TimeDelta::seconds(1)];
        units.into_iter().find(|unit| self.relative && self.every >= *unit)
    }

    /// How often it is due after `from` and not after `until`, counted from the anchor on.
    pub(super) fn count(
        &self,
        anchor: DateTime<Utc>,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        zone: Tz,
    ) -> u64 {
        let (_, all) = self.advance(anchor, until, zone, u64::MAX);
        let (_, before) = self.advance(anchor, from, zone, u64::MAX);
        all.saturating_sub(before)
    }

    /// The newest `most` moments after `last` and not after `until`, oldest first.
    pub(super) fn newest(
        &self,
        last: DateTime<Utc>,
        until: DateTime<Utc>,
        zone: Tz,
        most: usize,
    ) -> Vec<Occurrence> {
        let (_, all) = self.advance(last, until, zone, u64::MAX);
        let (start, _) = self.advance(last, until, zone, all.saturating_sub(most as u64));
        let runs = std::iter::successors(self.next_after(start, zone), |run| self.next_after(run.at, zone));
        runs.take_while(|run| run.at <= until).collect()
    }

    /// How often it is due in each of the hours from this moment on.
    pub(super) fn counts_by_hour(
        &self,
        anchor: DateTime<Utc>,
        from: DateTime<Utc>,
        hours: usize,
        zone: Tz,
    ) -> Vec<u64> {
        let (mut last, _) = self.advance(anchor, from - INSTANT, zone, u64::MAX);
        let ends = std::iter::successors(Some(from - INSTANT), |end| Some(*end + TimeDelta::hours(1)));
        let count = |end| {
            let (run, runs) = self.advance(last, end, zone, u64::MAX);
            last = run;
            runs
        };
        ends.skip(1).take(hours).map(count).collect()
    }

    /// The last of the first `most` moments after `last` and not after `until`, and how many they are; `last` itself
    /// when there are none.
    fn advance(
        &self,
        last: DateTime<Utc>,
        until: DateTime<Utc>,
        zone: Tz,
        most: u64,
    ) -> (DateTime<Utc>, u64) {
        match self.unit() {
            None => even_steps(last, until, self.every, most),
            Some(unit) => self.advance_by(unit, last, until, zone, most),
        }
    }

    /// From the beginning of a unit on the steps are even for as long as the clock is not changed.
    fn advance_by(
        &self,
        unit: TimeDelta,
        last: DateTime<Utc>,
        until: DateTime<Utc>,
        zone: Tz,
        most: u64,
    ) -> (DateTime<Utc>, u64) {
        let step = TimeDelta::seconds(self.every.num_seconds() / unit.num_seconds() * unit.num_seconds());
        let changes = zone::changes(zone, last, until + self.every);
        let (mut last, mut steps) = (last, 0);
        while steps < most
            && let Some(run) = self.next_after(last, zone).filter(|run| run.at <= until)
        {
            (last, steps) = (run.at, steps + 1);
            if into_unit(zone, last, unit).is_zero() {
                let change = changes.iter().find(|change| change.at > last);
                // A step looks as far ahead as the whole interval, before it goes back to the unit's beginning.
                let quiet = change.map_or(until, |Change { at, .. }| until.min(*at - self.every));
                let (run, even) = even_steps(last, quiet, step, most - steps);
                (last, steps) = (run, steps + even);
            }
        }
        (last, steps)
    }
}

/// How long ago the unit began by the wall clock.
fn into_unit(zone: Tz, at: DateTime<Utc>, unit: TimeDelta) -> TimeDelta {
    let time = zone::wall(zone, at).time();
    let seconds = i64::from(time.num_seconds_from_midnight()) % unit.num_seconds();
    TimeDelta::seconds(seconds) + TimeDelta::nanoseconds(i64::from(time.nanosecond()))
}

/// As many steps as there are up to a moment, but at most so many: where they lead, and how many they are.
fn even_steps(from: DateTime<Utc>, until: DateTime<Utc>, step: TimeDelta, most: u64) -> (DateTime<Utc>, u64) {
    let steps = micros(until - from) / micros(step);
    let steps = u64::try_from(steps).unwrap_or_default().min(most);
    let way = micros(step) * i64::try_from(steps).expect("they were counted as one");
    (from + TimeDelta::microseconds(way), steps)
}

fn micros(length: TimeDelta) -> i64 {
    length.num_microseconds().expect("ten thousand years are few enough of them")
}
