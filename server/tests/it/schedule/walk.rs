//! Crontabs against a clock that was watched for ten years.

use super::watcher::{Asked, Clock, END, MINUTES, START, Seen, asked, moment};
use super::zone;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use umbel::schedule::{Schedule, Tz};

/// Everything that can be asked about a schedule, against what was seen.
struct Comparison<'a> {
    seen: &'a Seen<'a>,
    schedule: Schedule,
    zone: Tz,
}

impl Comparison<'_> {
    fn next_after(&self, last: DateTime<Utc>) -> Result<(), TestCaseError> {
        let next = self.schedule.next_after(last, self.zone);
        let seen =
            self.seen.between(last, moment(MINUTES)).first().map(|minute| self.seen.occurrence(*minute));
        // What comes after these ten years was not watched.
        let next = next.filter(|next| next.at < moment(MINUTES));
        prop_assert_eq!(next, seen, "{:?} in {} after {}", self.schedule, self.zone, last);
        Ok(())
    }

    fn in_between(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<(), TestCaseError> {
        let seen = self.seen.between(from, until);
        let count = seen.len() as u64;
        let latest = seen.last().map(|minute| (self.seen.occurrence(*minute), count));
        let about = format!("{:?} in {} from {from} until {until}", self.schedule, self.zone);
        prop_assert_eq!(self.schedule.count(from, from, until, self.zone), count, "{}", about);
        prop_assert_eq!(self.schedule.latest(from, until, self.zone), latest, "{}", about);
        let newest = seen[seen.len().saturating_sub(10)..].iter().map(|minute| self.seen.occurrence(*minute));
        prop_assert_eq!(
            self.schedule.newest(from, until, self.zone, 10),
            newest.collect::<Vec<_>>(),
            "{}",
            about
        );
        Ok(())
    }

    fn by_hour(&self, from: DateTime<Utc>, hours: usize) -> Result<(), TestCaseError> {
        let instant = TimeDelta::nanoseconds(1);
        let counts = self.schedule.counts_by_hour(from, from, hours, self.zone);
        prop_assert_eq!(counts.len(), hours);
        for (hour, count) in (0..).zip(counts) {
            let start = from + TimeDelta::hours(hour) - instant;
            let seen = self.seen.between(start, start + TimeDelta::hours(1)).len() as u64;
            prop_assert_eq!(count, seen, "{:?} in {}, hour {} from {}", self.schedule, self.zone, hour, from);
        }
        Ok(())
    }
}

/// Compares at and around all changes of the clock, and at some other moments.
fn compare(zone: Tz, asked: &[Asked], elsewhere: &[i64]) -> Result<(), TestCaseError> {
    let clock = Clock::of(zone);
    for seen in &clock.watch(asked) {
        let comparison = Comparison { seen, schedule: seen.asked.schedule(), zone };
        let second = |second: i64| DateTime::from_timestamp(second, 0).expect("in range");
        for pair in elsewhere.windows(2) {
            comparison.next_after(second(pair[0]))?;
            comparison.in_between(second(pair[0].min(pair[1])), second(pair[0].max(pair[1])))?;
            comparison.by_hour(second(pair[0]), 10)?;
        }
        for change in &clock.changes {
            let around = (-26 * 60..26 * 60).step_by(13).chain(-65..125);
            for (minutes, seconds) in around.zip([0, 30, 59].into_iter().cycle()) {
                comparison.next_after(moment(change + minutes) + TimeDelta::seconds(seconds))?;
            }
            for minutes in (-150..240).step_by(37) {
                let from = moment(change + minutes);
                comparison.in_between(from, from + TimeDelta::minutes(100))?;
                comparison.in_between(from - TimeDelta::days(3), from)?;
            }
            comparison.by_hour(moment(change - 30 * 60), 60)?;
            comparison.by_hour(moment(change - 90) - TimeDelta::seconds(1000), 4)?;
        }
    }
    Ok(())
}

/// One test each, so that they run side by side.
macro_rules! watched {
    ($($test:ident: $zone:literal,)*) => {
        proptest! {
            #![proptest_config(ProptestConfig {
                failure_persistence: None,
                max_shrink_iters: 30,
                ..ProptestConfig::with_cases(1)
            })]

            $(
                #[test]
                fn $test(
                    asked in prop::collection::vec(asked(), 8),
                    elsewhere in prop::collection::vec(START..END - 11 * 3600, 40),
                ) {
                    compare(zone($zone), &asked, &elsewhere)?;
                }
            )*
        }
    };
}

watched! {
    new_york: "America/New_York",
    berlin: "Europe/Berlin",
    lord_howe: "Australia/Lord_Howe",
    santiago: "America/Santiago",
    kolkata: "Asia/Kolkata",
    apia: "Pacific/Apia",
}
