//! When a crontab runs: its wall times as moments of a zone.
//!
//! Each wall time runs once. One that the clock skips or repeats runs by the clock as it was before the change, so a
//! skipped 02:30 runs at 03:30 and a repeated one the first time. Every moment follows from its wall time alone, and
//! not from the run before it.

use super::Crontab;
use crate::schedule::zone::{self, Change, INSTANT, SETTLED};
use crate::schedule::{Occurrence, Shift, Tz};
use chrono::{DateTime, NaiveDateTime, SubsecRound, TimeDelta, Timelike, Utc};

const HOUR: TimeDelta = TimeDelta::hours(1);

impl Crontab {
    pub(in crate::schedule) fn next_after(&self, last: DateTime<Utc>, zone: Tz) -> Option<Occurrence> {
        let wall = zone::wall(zone, last);
        let coming = self.coming(last, wall, zone);
        // After the clock was put forward, what it skipped is still to run for as long as it jumped.
        let wall_before = last.naive_utc() + zone::offset(zone, last - SETTLED);
        if wall_before >= wall {
            return coming;
        }
        let late = self.first_after(wall_before).map(|wall| zone::moment(zone, wall));
        let late = late.filter(|run| matches!(run.shift, Some(Shift::Skipped { .. })));
        coming.into_iter().chain(late).min_by_key(|run| run.at)
    }

    /// The first run after `last` of the wall times after this one.
    fn coming(&self, last: DateTime<Utc>, mut wall: NaiveDateTime, zone: Tz) -> Option<Occurrence> {
        loop {
            wall = self.first_after(wall)?;
            let run = zone::moment(zone, wall);
            if matches!(run.shift, Some(Shift::Skipped { .. })) {
                // The wall times behind the gap run at the same time as the skipped ones.
                let regular = self.first_after(zone::gap(zone, wall).settled() - INSTANT);
                let regular = regular.filter(|regular| *regular <= zone::wall(zone, run.at));
                return Some(regular.map_or(run, |regular| zone::moment(zone, regular)));
            }
            // In the second pass of a repeated hour its wall times are already over.
            if run.at > last {
                return Some(run);
            }
        }
    }

    /// How many runs there are after `from` and not after `until`.
    pub(in crate::schedule) fn count(&self, from: DateTime<Utc>, until: DateTime<Utc>, zone: Tz) -> u64 {
        if from >= until {
            return 0;
        }
        let start = from - SETTLED;
        let mut offset = zone::offset(zone, start);
        let mut counted = from.naive_utc() + offset;
        let mut runs = 0;
        for change in zone::changes(zone, start, until) {
            let settled = change.settled() - INSTANT;
            runs += self.matches_between(counted, settled.min(until.naive_utc() + offset));
            runs -= self.doubled(change, from, until);
            offset = change.after;
            counted = settled.max(from.naive_utc() + offset);
        }
        runs + self.matches_between(counted, until.naive_utc() + offset)
    }

    /// How many of these runs are meant by both a wall time that the change skips and one that exists.
    fn doubled(&self, change: Change, from: DateTime<Utc>, until: DateTime<Utc>) -> u64 {
        let jump = change.after - change.before;
        let end = until.min(change.at + jump - INSTANT).naive_utc() + change.before;
        let start = from.max(change.at - INSTANT).naive_utc() + change.before;
        let skipped = std::iter::successors(self.first_after(start), |wall| self.first_after(*wall));
        let doubled = skipped.take_while(|wall| *wall <= end).filter(|wall| self.matches(*wall + jump));
        doubled.map(|_| 1).sum()
    }

    /// The newest `most` runs after `last` and not after `until`, oldest first.
    pub(in crate::schedule) fn newest(
        &self,
        last: DateTime<Utc>,
        until: DateTime<Utc>,
        zone: Tz,
        most: usize,
    ) -> Vec<Occurrence> {
        let mut runs = self.all(self.start_of(last, until, zone, most), until, zone);
        runs.drain(..runs.len().saturating_sub(most));
        runs
    }

    fn all(&self, from: DateTime<Utc>, until: DateTime<Utc>, zone: Tz) -> Vec<Occurrence> {
        let runs = std::iter::successors(self.next_after(from, zone), |run| self.next_after(run.at, zone));
        runs.take_while(|run| run.at <= until).collect()
    }

    /// A moment, not before `last`, after which there are all of the newest `most` runs and few more.
    fn start_of(&self, last: DateTime<Utc>, until: DateTime<Utc>, zone: Tz, most: usize) -> DateTime<Utc> {
        let most = most as u64;
        let enough = most.saturating_add(16);
        // The runs that are wanted begin between these two.
        let mut late = until;
        let mut early = (until - HOUR).max(last);
        while early > last && self.count(early, until, zone) < most {
            late = early;
            early = (until - (until - early) * 4).max(last);
        }
        while late - early > HOUR && self.count(early, until, zone) > enough {
            let middle = early + (late - early) / 2;
            if self.count(middle, until, zone) < most {
                late = middle;
            } else {
                early = middle;
            }
        }
        early
    }

    /// How many runs there are in each of the hours from this moment on.
    pub(in crate::schedule) fn counts_by_hour(
        &self,
        from: DateTime<Utc>,
        hours: usize,
        zone: Tz,
    ) -> Vec<u64> {
        let after = |hours: usize| from + HOUR * i32::try_from(hours).unwrap_or(i32::MAX);
        let changes = zone::changes(zone, from - SETTLED, after(hours));
        let mut counts = Vec::with_capacity(hours);
        while counts.len() < hours {
            let (start, left) = (after(counts.len()), hours - counts.len());
            let change = changes.iter().find(|change| change.at > start - SETTLED);
            let quiet = change.map_or(left, |change| {
                usize::try_from((change.at - start).num_hours()).unwrap_or_default().min(left)
            });
            if quiet > 0 {
                let wall = whole_minute(zone::wall(zone, start));
                counts.extend(self.matches_by_hour(wall).take(quiet));
            } else {
                counts.push(self.count(start - INSTANT, start + HOUR - INSTANT, zone));
            }
        }
        counts
    }
}

/// The minute that begins here or is the next to begin.
fn whole_minute(wall: NaiveDateTime) -> NaiveDateTime {
    let start = wall.trunc_subsecs(0).with_second(0).expect("every minute has a first second");
    if start == wall { wall } else { start + TimeDelta::minutes(1) }
}
