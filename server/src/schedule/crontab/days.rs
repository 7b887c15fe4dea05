//! Which wall times match a crontab. Days are found by bit masks of whole months, times by those of hours and
//! minutes, so nothing is ever searched minute by minute.

use super::Crontab;
use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

/// The last year that is searched.
const LAST_YEAR: i32 = 9999;
/// The same day in each of the five weeks that a month may touch.
const WEEKLY: u64 = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28;

impl Crontab {
    pub(super) fn matches(&self, wall: NaiveDateTime) -> bool {
        self.hours.contains(wall.hour())
            && self.minutes.contains(wall.minute())
            && self.matches_day(wall.date())
    }

    fn matches_day(&self, date: NaiveDate) -> bool {
        self.days_of_month.contains(date.day())
            && self.days_of_week.contains(date.weekday().num_days_from_sunday())
            && self.months.contains(date.month())
    }

    /// The first match in a later minute than this one; `None` when there is none in four digits of years.
    pub(super) fn first_after(&self, wall: NaiveDateTime) -> Option<NaiveDateTime> {
        let today = wall.date();
        if self.matches_day(today)
            && let Some(time) = self.time_from(wall.hour(), wall.minute() + 1)
        {
            return Some(today.and_time(time));
        }
        Some(self.day_from(today.succ_opt()?)?.and_time(self.time_from(0, 0)?))
    }

    /// The first time of a day that matches, in this hour from this minute on, or in a later hour.
    fn time_from(&self, hour: u32, minute: u32) -> Option<NaiveTime> {
        let rest = self.minutes.from(minute);
        if self.hours.contains(hour) && rest != 0 {
            return NaiveTime::from_hms_opt(hour, rest.trailing_zeros(), 0);
        }
        NaiveTime::from_hms_opt(self.hours.from(hour + 1).trailing_zeros(), self.minutes.first(), 0)
    }

    /// The first day that matches, this one or a later one.
    fn day_from(&self, date: NaiveDate) -> Option<NaiveDate> {
        let mut first = date;
        while first.year() <= LAST_YEAR {
            let days = self.days(first) >> first.day() << first.day();
            if days != 0 {
                return first.with_day(days.trailing_zeros());
            }
            first = next_month(first)?;
        }
        None
    }

    /// The days of this month that match, each as the bit of its number.
    fn days(&self, month: NaiveDate) -> u64 {
        if !self.months.contains(month.month()) {
            return 0;
        }
        // Bit 0 of a week is the weekday of the first of the month.
        let first = (month.weekday().num_days_from_sunday() + 35 - month.day0()) % 7;
        let week = self.days_of_week.bits();
        let week = (week >> first | week << (7 - first)) & 0x7f;
        let existing = (2 << month.num_days_in_month()) - 2;
        self.days_of_month.bits() & existing & (week * WEEKLY) << 1
    }

    /// How many matches there are in minutes after that of `from` and up to that of `until`.
    pub(super) fn matches_between(&self, from: NaiveDateTime, until: NaiveDateTime) -> u64 {
        if from >= until {
            return 0;
        }
        let a_day = u64::from(self.hours.len() * self.minutes.len());
        self.days_between(from.date(), until.date()) * a_day + self.until(until) - self.until(from)
    }

    /// How many matches there are in one day up to this minute.
    fn until(&self, wall: NaiveDateTime) -> u64 {
        if !self.matches_day(wall.date()) {
            return 0;
        }
        let hours = self.hours.len() - self.hours.from(wall.hour()).count_ones();
        let mut times = hours * self.minutes.len();
        if self.hours.contains(wall.hour()) {
            times += self.minutes.len() - self.minutes.from(wall.minute() + 1).count_ones();
        }
        u64::from(times)
    }

    /// How many days match, of those from one on that are before another.
    fn days_between(&self, from: NaiveDate, until: NaiveDate) -> u64 {
        let before = |date: NaiveDate| u64::from((self.days(date) & ((1 << date.day()) - 1)).count_ones());
        let mut days = 0;
        let mut month = from.with_day(1);
        while let Some(first) =
            month.filter(|first| (first.year(), first.month()) < (until.year(), until.month()))
        {
            days += u64::from(self.days(first).count_ones());
            month = next_month(first);
        }
        days + before(until) - before(from)
    }

    /// How many matches there are in each of the hours from this minute on, for as long as somebody asks.
    pub(super) fn matches_by_hour(&self, start: NaiveDateTime) -> impl Iterator<Item = u64> {
        let first_half = self.minutes.from(start.minute()).count_ones();
        let second_half = self.minutes.len() - first_half;
        let (mut date, mut hour) = (start.date(), start.hour());
        let mut today = self.matches_day(date);
        std::iter::repeat_with(move || {
            let mut matches = if today && self.hours.contains(hour) { first_half } else { 0 };
            hour += 1;
            if hour == 24 {
                (date, hour) = (date + Days::new(1), 0);
                today = self.matches_day(date);
            }
            if today && self.hours.contains(hour) {
                matches += second_half;
            }
            u64::from(matches)
        })
    }
}

/// The first day of the month that follows.
fn next_month(date: NaiveDate) -> Option<NaiveDate> {
    date.with_day(1)?.checked_add_months(Months::new(1))
}
