//! A clock on the wall that is watched minute by minute for ten years.
//!
//! The watcher knows no rules of zones and searches nothing: each minute it looks at the clock, and at the list of
//! what is to run at such a time. When the clock jumps ahead it notes what was skipped, to run it as much later; when
//! the clock goes back it waits until it shows something new.

use super::crontab;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike, Utc};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use umbel::schedule::{Occurrence, Schedule, Shift, Tz};

/// 2006 to 2015: in these years New York changed its rules, Lord Howe and Santiago too, and Apia the date line.
pub(super) const START: i64 = 1_136_073_600;
pub(super) const END: i64 = 1_451_606_400;
pub(super) const MINUTES: i64 = (END - START) / 60;
/// A clock may be changed at any quarter of an hour.
const QUARTER: i64 = 15;

/// Minutes are counted from `START` on, those of the wall clock as if it were UTC.
pub(super) fn moment(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(START + minute * 60, 0).expect("in range")
}

fn wall(minute: i64) -> NaiveDateTime {
    moment(minute).naive_utc()
}

/// How many minutes the clock is ahead of UTC.
fn ahead(zone: Tz, minute: i64) -> i64 {
    let offset = zone.offset_from_utc_datetime(&wall(minute)).fix();
    i64::from(offset.local_minus_utc()) / 60
}

/// What a crontab asks for, as plain lists of all the values.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    minutes: Vec<u32>,
    hours: Vec<u32>,
    days_of_month: Vec<u32>,
    months: Vec<u32>,
    days_of_week: Vec<u32>,
}

impl Asked {
    pub(super) fn schedule(&self) -> Schedule {
        let listed = |values: &[u32]| values.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let fields = [&self.minutes, &self.hours, &self.days_of_month, &self.months, &self.days_of_week];
        crontab(&fields.map(|values| listed(values)).join(" "))
    }

    fn has_day(&self, date: NaiveDate) -> bool {
        self.days_of_month.contains(&date.day())
            && self.months.contains(&date.month())
            && self.days_of_week.contains(&date.weekday().num_days_from_sunday())
    }

    fn has(&self, wall: NaiveDateTime) -> bool {
        self.has_day(wall.date())
            && self.hours.contains(&wall.hour())
            && self.minutes.contains(&wall.minute())
    }
}

/// Some values, most often all of them or just one.
fn some(values: RangeInclusive<u32>) -> impl Strategy<Value = Vec<u32>> {
    let values: Vec<u32> = values.collect();
    let count = values.len();
    prop_oneof![
        3 => Just(values.clone()),
        2 => select(values.clone()).prop_map(|value| vec![value]),
        2 => subsequence(values, 1..=count),
    ]
}

pub(super) fn asked() -> impl Strategy<Value = Asked> {
    // Clocks are changed in the first hours of a day.
    let hours = prop_oneof![2 => some(0..=23), 1 => some(0..=3)];
    // Day 1 is always there, for there are lists of days that some months have not.
    let days_of_month = some(1..=31).prop_map(|mut days| {
        if days[0] > 28 {
            days.insert(0, 1);
        }
        days
    });
    (some(0..=59), hours, days_of_month, some(1..=12), some(0..=6)).prop_map(
        |(minutes, hours, days_of_month, months, days_of_week)| Asked {
            minutes,
            hours,
            days_of_month,
            months,
            days_of_week,
        },
    )
}

/// The clock of a zone, looked at every quarter of an hour for ten years and two days before.
pub(super) struct Clock {
    ahead: Vec<i64>,
    /// The minutes at which it is changed.
    pub(super) changes: Vec<i64>,
    /// What it shows twice.
    repeated: HashSet<i64>,
}

const DAY: i64 = 24 * 60;
const FIRST: i64 = -2 * DAY;

impl Clock {
    pub(super) fn of(zone: Tz) -> Self {
        let quarters = || (FIRST..MINUTES).step_by(QUARTER as usize);
        let seen: Vec<i64> = quarters().map(|minute| ahead(zone, minute)).collect();
        let (mut changes, mut repeated) = (Vec::new(), HashSet::new());
        for (minute, pair) in quarters().skip(1).zip(seen.windows(2)) {
            if pair[0] != pair[1] {
                assert_eq!(ahead(zone, minute - 1), pair[0], "{zone} is not changed at a quarter of an hour");
                changes.push(minute);
                repeated.extend(minute + pair[1]..minute + pair[0]);
            }
        }
        Self { ahead: seen, changes, repeated }
    }

    fn shows(&self, minute: i64) -> i64 {
        minute + self.ahead[((minute - FIRST) / QUARTER) as usize]
    }

    /// Watches it to run what is asked for.
    pub(super) fn watch<'a>(&self, asked: &'a [Asked]) -> Vec<Seen<'a>> {
        let mut seen: Vec<Seen<'_>> = asked.iter().map(Seen::new).collect();
        let mut highest = self.shows(FIRST) - 1;
        let mut late = Vec::new();
        for minute in FIRST..MINUTES {
            let shown = self.shows(minute);
            if shown > highest + 1 {
                late.extend((highest + 1..shown).zip(minute..));
            }
            let new = (shown > highest).then(|| Shown::new(shown));
            highest = highest.max(shown);
            let skipped = late.iter().find(|(_, run)| *run == minute).map(|(skipped, _)| wall(*skipped));
            late.retain(|(_, run)| *run > minute);
            for seen in &mut seen {
                if let Some(shown) = new.as_ref().filter(|shown| seen.is_now(shown)) {
                    seen.ran(minute, self.repeated.contains(&shown.wall).then_some(Shift::Repeated));
                } else if let Some(meant) = skipped.filter(|meant| seen.asked.has(*meant)) {
                    seen.ran(minute, Some(Shift::Skipped { meant }));
                }
            }
        }
        seen
    }
}

/// A wall time, and what it is as a day and a minute of it.
struct Shown {
    wall: i64,
    day: i64,
    time: usize,
}

impl Shown {
    fn new(wall: i64) -> Self {
        Self { wall, day: wall.div_euclid(DAY), time: wall.rem_euclid(DAY) as usize }
    }
}

/// When something was seen to run.
pub(super) struct Seen<'a> {
    pub(super) asked: &'a Asked,
    /// The minutes of a day that are asked for.
    times: Vec<bool>,
    day: i64,
    is_today: bool,
    runs: Vec<i64>,
    shifts: HashMap<i64, Shift>,
}

impl<'a> Seen<'a> {
    fn new(asked: &'a Asked) -> Self {
        let times = (0..24).flat_map(|hour| (0..60).map(move |minute| (hour, minute)));
        let times =
            times.map(|(hour, minute)| asked.hours.contains(&hour) && asked.minutes.contains(&minute));
        Self {
            asked,
            times: times.collect(),
            day: i64::MIN,
            is_today: false,
            runs: Vec::new(),
            shifts: HashMap::new(),
        }
    }

    fn is_now(&mut self, shown: &Shown) -> bool {
        if !self.times[shown.time] {
            return false;
        }
        if shown.day != self.day {
            self.day = shown.day;
            self.is_today = self.asked.has_day(wall(shown.wall).date());
        }
        self.is_today
    }

    fn ran(&mut self, minute: i64, shift: Option<Shift>) {
        if minute >= 0 {
            self.runs.push(minute);
            self.shifts.extend(shift.map(|shift| (minute, shift)));
        }
    }

    /// The runs after one moment and not after another.
    pub(super) fn between(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> &[i64] {
        let up_to =
            |end: DateTime<Utc>| self.runs.partition_point(|minute| START + minute * 60 <= end.timestamp());
        &self.runs[up_to(from)..up_to(until).max(up_to(from))]
    }

    pub(super) fn occurrence(&self, minute: i64) -> Occurrence {
        Occurrence { at: moment(minute), shift: self.shifts.get(&minute).copied() }
    }
}
