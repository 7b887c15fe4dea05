//! How many tasks all active entries will send in the next seven days, by the hours of a clock.
//!
//! There may be a hundred thousand entries and there are 168 hours. What is written alike is due alike, so it is
//! counted once; only lengths of time depend on when they began, and those are arithmetic. The answer is kept a
//! hundred times as long as it took to find, a minute at most.

use crate::beat::{Beat, Entry};
use crate::clock::Clock;
use crate::schedule::{Definition, Schedule, Tz};
use app::view::{CalendarDay, CalendarHour, ScheduleCalendar};
use chrono::{DateTime, DurationRound as _, NaiveDate, TimeDelta, Timelike as _, Utc};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const DAYS: usize = 7;
const HOURS: usize = 24;
/// Names that are told of an hour.
const MOST: usize = 3;
/// Every zone changes its clock at a multiple of this.
const STEP: TimeDelta = TimeDelta::minutes(15);
/// An answer is kept for so many times as long as it took to find...
const WORTH: u32 = 100;
/// ...and no longer than this.
const LONGEST: Duration = Duration::from_secs(60);
/// Zones whose answer is kept.
const ZONES: usize = 16;

/// Between a moment and the one before.
const INSTANT: TimeDelta = TimeDelta::microseconds(1);

/// Seconds that tasks of each name run.
pub(super) type Means = HashMap<Arc<str>, f64>;

/// Answers that were found a moment ago. Copies share them.
#[derive(Clone, Default)]
pub(super) struct Kept(Arc<Mutex<HashMap<Tz, Answer>>>);

struct Answer {
    calendar: ScheduleCalendar,
    good_until: Duration,
}

impl Kept {
    /// For a thread that may wait: whoever asks meanwhile waits for the same answer.
    pub(super) fn calendar(
        &self,
        beat: &Beat,
        zone: Tz,
        clock: &dyn Clock,
        means: impl FnOnce() -> Means,
    ) -> ScheduleCalendar {
        let mut answers = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let began = clock.elapsed();
        if let Some(answer) = answers.get(&zone).filter(|answer| began < answer.good_until) {
            return answer.calendar.clone();
        }
        let active: Vec<Active> =
            beat.with_entries(|entries| entries.filter_map(|entry| Active::of(entry, clock.now())).collect());
        let calendar = calendar(&active, zone, clock.now(), &means());
        let took = clock.elapsed().saturating_sub(began);
        if answers.len() >= ZONES {
            answers.retain(|_, answer| began < answer.good_until);
        }
        if answers.len() < ZONES {
            let good_until = began + (took * WORTH).min(LONGEST);
            answers.insert(zone, Answer { calendar: calendar.clone(), good_until });
        }
        calendar
    }
}

/// What is needed of an entry.
struct Active {
    name: Arc<str>,
    definition: Arc<Definition>,
    anchor: DateTime<Utc>,
}

impl Active {
    fn of(entry: &Entry, now: DateTime<Utc>) -> Option<Self> {
        let anchor = entry.head.as_ref().map_or(now, |head| head.anchor());
        Some(Self { name: Arc::clone(&entry.name), definition: Arc::clone(entry.active()?), anchor })
    }
}

fn calendar(active: &[Active], zone: Tz, now: DateTime<Utc>, means: &Means) -> ScheduleCalendar {
    let week = Week::from(now, zone);
    let mut cells: Vec<Cell> = vec![Cell::default(); DAYS * HOURS];
    let mut alike: HashMap<(String, Tz), Vec<u64>> = HashMap::new();
    for (place, entry) in active.iter().enumerate() {
        let schedule = &entry.definition.schedule;
        let of_its_own;
        let counts = match schedule {
            Schedule::Interval(_) | Schedule::Once(_) => {
                of_its_own = week.counts(entry);
                &of_its_own
            }
            Schedule::Crontab(_) | Schedule::Solar(_) => {
                let key = (schedule.written(), entry.definition.zone);
                alike.entry(key).or_insert_with(|| week.counts(entry))
            }
        };
        let mean = means.get(entry.definition.task.as_str()).copied();
        for (slice, count) in week.slices.iter().zip(counts).filter(|(_, count)| **count > 0) {
            cells[slice.cell].add(place, *count, mean);
        }
    }
    let mut hours = cells.into_iter().map(|cell| cell.told(active));
    let days = week.days.into_iter().map(|(date, start)| CalendarDay {
        date: date.to_string(),
        start: start.timestamp_millis(),
        hours: hours.by_ref().take(HOURS).collect(),
    });
    ScheduleCalendar { zone: zone.name().to_owned(), days: days.collect() }
}

/// An hour of a day's clock, as it is added up.
#[derive(Clone, Default)]
struct Cell {
    runs: u64,
    work: Option<f64>,
    /// The most runs of one entry, and which one; the most first.
    most: Vec<(u64, usize)>,
}

impl Cell {
    fn add(&mut self, place: usize, count: u64, mean: Option<f64>) {
        self.runs = self.runs.saturating_add(count);
        if let Some(mean) = mean {
            *self.work.get_or_insert(0.0) += mean * count as f64;
        }
        // Almost always it is not among the most.
        if self.most.len() == MOST && self.most[MOST - 1].0 >= count {
            return;
        }
        let at = self.most.partition_point(|(other, _)| *other >= count);
        self.most.insert(at, (count, place));
        self.most.truncate(MOST);
    }

    fn told(self, active: &[Active]) -> CalendarHour {
        let most = self.most.into_iter().map(|(_, place)| active[place].name.to_string()).collect();
        CalendarHour { runs: self.runs, work: self.work, most }
    }
}

/// The time from now to the end of the seventh day, cut at the hours of a clock.
struct Week {
    days: Vec<(NaiveDate, DateTime<Utc>)>,
    slices: Vec<Slice>,
}

/// A stretch of time in one hour of one day; its last moment is the one before `until`.
struct Slice {
    cell: usize,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Slice {
    /// Whether it is as long as nearly all are.
    fn is_hour(&self) -> bool {
        self.until - self.from == TimeDelta::hours(1)
    }
}

impl Week {
    fn from(now: DateTime<Utc>, zone: Tz) -> Self {
        let date = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        let today = date(now);
        let mut at = now.duration_trunc(STEP).unwrap_or(now);
        while date(at - STEP) == today {
            at -= STEP;
        }
        let mut week = Self { days: Vec::with_capacity(DAYS), slices: Vec::with_capacity(DAYS * HOURS + 1) };
        loop {
            let local = at.with_timezone(&zone);
            if week.days.last().is_none_or(|(day, _)| *day != local.date_naive()) {
                if week.days.len() == DAYS {
                    break;
                }
                week.days.push((local.date_naive(), at));
            }
            let cell = (week.days.len() - 1) * HOURS + local.hour() as usize;
            let until = at + STEP;
            match week.slices.last_mut() {
                Some(slice) if slice.cell == cell => slice.until = until,
                _ => week.slices.push(Slice { cell, from: at, until }),
            }
            at += STEP;
        }
        // What has gone by is no load any more.
        week.slices.retain(|slice| slice.until > now);
        week.slices.iter_mut().for_each(|slice| slice.from = slice.from.max(now));
        week
    }

    /// How often it is due in each slice.
    fn counts(&self, entry: &Active) -> Vec<u64> {
        let Definition { schedule, zone, .. } = &*entry.definition;
        let mut counts = Vec::with_capacity(self.slices.len());
        for alike in self.slices.chunk_by(|a, b| a.is_hour() && b.is_hour()) {
            let Slice { from, until, .. } = alike[0];
            if alike[0].is_hour() {
                counts.extend(schedule.counts_by_hour(entry.anchor, from, alike.len(), *zone));
            } else {
                counts.push(schedule.count(entry.anchor, from - INSTANT, until - INSTANT, *zone));
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().expect("a moment")
    }

    fn entry(name: &str, task: &str, schedule: serde_json::Value, anchor: &str) -> Active {
        let written = json!({"task": task, "schedule": schedule, "timezone": "Europe/Berlin"});
        let definition = Definition::read(&written, Tz::UTC).expect("a sound entry");
        Active { name: name.into(), definition: Arc::new(definition), anchor: moment(anchor) }
    }

    #[test]
    fn every_run_is_counted_in_its_hour_and_none_that_has_gone_by() {
        let now = moment("2026-11-20T12:30:00Z");
        let active = [
            entry("nightly", "a", json!("30 2 * * *"), "2026-11-20T12:00:00Z"),
            entry("often", "b", json!("10s"), "2026-11-20T12:29:57Z"),
            entry("hourly", "b", json!("0 * * * *"), "2026-11-20T12:00:00Z"),
        ];
        let means = Means::from([("a".into(), 2.0)]);
        let calendar = calendar(&active, Tz::Europe__Berlin, now, &means);
        assert_eq!(calendar.zone, "Europe/Berlin");
        let dates: Vec<&str> = calendar.days.iter().map(|day| day.date.as_str()).collect();
        assert_eq!((dates.len(), dates[0], dates[6]), (7, "2026-11-20", "2026-11-26"));
        let today = &calendar.days[0];
        assert_eq!(today.start, moment("2026-11-19T23:00:00Z").timestamp_millis());
        assert_eq!(today.hours[12], CalendarHour::default());
        // It is half past one in Berlin.
        assert_eq!((today.hours[13].runs, today.hours[13].most.clone()), (180, vec!["often".to_owned()]));
        assert_eq!(today.hours[14].runs, 361);
        let night = &calendar.days[3].hours[2];
        assert_eq!((night.runs, night.work), (362, Some(2.0)));
        assert_eq!(night.most, ["often", "nightly", "hourly"]);
    }

    #[test]
    fn an_hour_that_is_left_out_is_empty_and_one_that_comes_twice_counts_both() {
        let active = [entry("often", "b", json!("60s"), "2027-03-27T00:00:00Z")];
        let runs = |now: &str, day: usize| -> Vec<u64> {
            let calendar = calendar(&active, Tz::Europe__Berlin, moment(now), &Means::new());
            calendar.days[day].hours.iter().map(|hour| hour.runs).collect()
        };
        let spring = runs("2027-03-27T10:00:00Z", 1);
        assert_eq!((&spring[..4], spring.iter().sum()), (&[60, 60, 0, 60][..], 23 * 60));
        let autumn = runs("2027-10-30T10:00:00Z", 1);
        assert_eq!((&autumn[..4], autumn.iter().sum()), (&[60, 60, 120, 60][..], 25 * 60));
    }

    #[test]
    fn a_day_begins_when_its_clock_begins() {
        // In Cairo the clock is put forward at midnight.
        let cairo = Week::from(moment("2027-04-28T10:00:00Z"), Tz::Africa__Cairo);
        let (date, start) = cairo.days[2];
        assert_eq!((date.to_string().as_str(), start), ("2027-04-30", moment("2027-04-29T22:00:00Z")));
        let nepal = Week::from(moment("2026-11-20T10:00:00Z"), Tz::Asia__Kathmandu);
        assert_eq!(nepal.days[1].1, moment("2026-11-20T18:15:00Z"));
    }
}
