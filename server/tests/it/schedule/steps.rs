//! Intervals: what is computed at once against going step by step.

use super::{at, zone};
use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc};
use proptest::prelude::*;
use umbel::schedule::{Interval, Occurrence, Schedule, Tz};

fn every(micros: i64, relative: bool) -> Schedule {
    Schedule::Interval(Interval::new(TimeDelta::microseconds(micros), relative).expect("a lawful length"))
}

fn steps(schedule: &Schedule, last: DateTime<Utc>, until: DateTime<Utc>, zone: Tz) -> Vec<Occurrence> {
    let runs =
        std::iter::successors(schedule.next_after(last, zone), |run| schedule.next_after(run.at, zone));
    runs.take_while(|run| run.at <= until).collect()
}

#[test]
fn lengths_have_bounds() {
    assert!(Interval::new(TimeDelta::milliseconds(10), false).is_ok());
    for wrong in [
        TimeDelta::microseconds(9_999),
        TimeDelta::zero(),
        -TimeDelta::days(1),
        TimeDelta::MIN,
        TimeDelta::MAX,
    ] {
        let sentence = Interval::new(wrong, true).expect_err("no such interval");
        assert!(sentence.starts_with("must be at "), "{sentence}");
    }
}

#[test]
fn an_interval_is_exact_to_the_microsecond() {
    let third = every(333_333, false);
    let last = at("2026-11-20T12:00:00.5Z");
    let next = third.next_after(last, Tz::UTC).map(|run| run.at);
    assert_eq!(next, Some(at("2026-11-20T12:00:00.833333Z")));
    let (latest, count) = third.latest(last, at("2036-11-20T12:00:00Z"), Tz::UTC).expect("ten years of them");
    assert_eq!(count, 946_858_545);
    assert_eq!(latest.at, last + TimeDelta::microseconds(333_333 * 946_858_545));
}

#[test]
fn relative_intervals_keep_to_the_clock_of_the_zone() {
    let next = |micros: i64, last: &str, zone: Tz| {
        let run = every(micros, true).next_after(at(last), zone).expect("it runs for ever").at;
        zone.from_utc_datetime(&run.naive_utc()).to_rfc3339()
    };
    const SECOND: i64 = 1_000_000;
    let kolkata = zone("Asia/Kolkata");
    assert_eq!(next(3600 * SECOND, "2026-11-20T12:10:00Z", kolkata), "2026-11-20T18:00:00+05:30");
    assert_eq!(next(90 * SECOND, "2026-11-20T12:10:45Z", kolkata), "2026-11-20T17:42:00+05:30");
    assert_eq!(next(SECOND, "2026-11-20T12:10:45.7Z", kolkata), "2026-11-20T17:40:46+05:30");
    assert_eq!(next(SECOND / 2, "2026-11-20T12:10:45.7Z", kolkata), "2026-11-20T17:40:46.200+05:30");
    assert_eq!(next(86_400 * SECOND, "2026-11-20T12:10:00Z", kolkata), "2026-11-21T00:00:00+05:30");
    // A day has 23 hours when the clock is put forward, and its midnight may be skipped.
    let santiago = zone("America/Santiago");
    assert_eq!(next(86_400 * SECOND, "2024-09-07T12:00:00Z", santiago), "2024-09-08T01:00:00-03:00");
    assert_eq!(next(86_400 * SECOND, "2024-09-08T04:00:00Z", santiago), "2024-09-09T00:00:00-03:00");
    // Hours are counted as they pass: a repeated one has a beginning too.
    let york = zone("America/New_York");
    assert_eq!(next(3600 * SECOND, "2024-11-03T05:00:00Z", york), "2024-11-03T01:00:00-05:00");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn counting_is_as_good_as_walking(
        step in prop_oneof![
            10_000..3_000_000i64,
            (1..200i64).prop_map(|seconds| seconds * 1_000_000),
            (1..100i64).prop_map(|minutes| minutes * 60_000_000),
            (1..100i64).prop_map(|minutes| minutes * 15 * 60_000_000),
            (1..100i64).prop_map(|hours| hours * 3_600_000_000),
        ],
        relative in any::<bool>(),
        name in prop::sample::select(vec!["UTC", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia"]),
        // Around changes of their clocks, and anywhere.
        start in prop_oneof![
            prop::sample::select(vec!["2024-04-06T15:00:00Z", "2024-10-05T15:30:00Z", "2024-09-08T04:00:00Z", "2024-04-07T03:00:00Z", "2011-12-30T10:00:00Z"]).prop_map(at),
            (1_100_000_000..1_900_000_000i64).prop_map(|second| DateTime::from_timestamp(second, 0).expect("in range")),
        ],
        before in 0.0..60.0f64,
        asked in 0.0..150.0f64,
        most in 0..200usize,
    ) {
        let (schedule, zone) = (every(step, relative), zone(name));
        let last = start - TimeDelta::microseconds((step as f64 * before) as i64);
        let until = last + TimeDelta::microseconds((step as f64 * asked) as i64);
        let walked = steps(&schedule, last, until, zone);
        let count = walked.len() as u64;
        prop_assert!(walked.is_sorted_by(|one, next| one.at < next.at));
        prop_assert!(walked.first().is_none_or(|run| run.at > last));
        prop_assert_eq!(schedule.latest(last, until, zone), walked.last().map(|run| (*run, count)));
        prop_assert_eq!(&schedule.newest(last, until, zone, most), &walked[walked.len().saturating_sub(most)..]);
        prop_assert_eq!(schedule.count(last, last, until, zone), count);
        let from = last + (until - last) / 3;
        let after = walked.iter().filter(|run| run.at > from).count() as u64;
        prop_assert_eq!(schedule.count(last, from, until, zone), after);
        let hours = usize::try_from((until - from).num_hours()).expect("later").min(50);
        for (hour, runs) in (0..).zip(schedule.counts_by_hour(last, from, hours, zone)) {
            let start = from + TimeDelta::hours(hour);
            let within = |run: &&Occurrence| start <= run.at && run.at < start + TimeDelta::hours(1);
            prop_assert_eq!(runs, walked.iter().filter(within).count() as u64);
        }
    }

    #[test]
    fn relative_runs_are_at_beginnings(
        (seconds, unit) in prop_oneof![
            (1..60i64).prop_map(|seconds| (seconds, 1)),
            (60..3600i64).prop_map(|seconds| (seconds, 60)),
            (3600..86_400i64).prop_map(|seconds| (seconds, 3600)),
            (86_400..1_000_000i64).prop_map(|seconds| (seconds, 86_400)),
        ],
        last in 1_500_000_000_000..1_900_000_000_000i64,
    ) {
        let (schedule, zone) = (every(seconds * 1_000_000, true), zone("Asia/Kolkata"));
        let last = DateTime::from_timestamp_millis(last).expect("in range");
        let next = schedule.next_after(last, zone).expect("it runs for ever").at;
        prop_assert!(next > last && next <= last + TimeDelta::seconds(seconds));
        prop_assert!(next > last + TimeDelta::seconds(seconds - unit));
        let time: NaiveTime = zone.from_utc_datetime(&next.naive_utc()).time();
        prop_assert_eq!(i64::from(time.num_seconds_from_midnight()) % unit, 0);
        prop_assert_eq!(time.nanosecond(), 0);
    }
}
