//! Schedules while a clock is put forward or back, case by case.

use super::{at, crontab, zone};
use chrono::{TimeDelta, TimeZone};
use umbel::schedule::{Interval, Schedule, Shift};

/// A zone, a line, the wall time from which it is asked, and the runs that follow: their local time and offset, then
/// the wall time that was meant when the clock skips it, or "twice" when the clock repeats it.
const RUNS: &[(&str, &str, &str, &[&str])] = &[
    // A skipped hour: what was meant in it runs an hour later, once for each moment.
    (
        "America/New_York",
        "*/20 2 * * *",
        "2024-03-09T02:40:00-05:00",
        &[
            "2024-03-10T03:00:00-04:00 2024-03-10T02:00:00",
            "2024-03-10T03:20:00-04:00 2024-03-10T02:20:00",
            "2024-03-10T03:40:00-04:00 2024-03-10T02:40:00",
            "2024-03-11T02:00:00-04:00",
        ],
    ),
    (
        "America/New_York",
        "0,30 2,3 * * *",
        "2024-03-10T00:00:00-05:00",
        &["2024-03-10T03:00:00-04:00", "2024-03-10T03:30:00-04:00", "2024-03-11T02:00:00-04:00"],
    ),
    (
        "America/New_York",
        "30 2 * * *",
        "2024-03-10T03:10:00-04:00",
        &["2024-03-10T03:30:00-04:00 2024-03-10T02:30:00"],
    ),
    // A repeated hour: only the first time, and never back from the second.
    (
        "America/New_York",
        "*/30 * * * *",
        "2024-11-03T00:40:00-04:00",
        &["2024-11-03T01:00:00-04:00 twice", "2024-11-03T01:30:00-04:00 twice", "2024-11-03T02:00:00-05:00"],
    ),
    ("America/New_York", "45 1 * * *", "2024-11-03T01:30:00-05:00", &["2024-11-04T01:45:00-05:00"]),
    ("America/New_York", "* * * * *", "2024-11-03T01:10:00-05:00", &["2024-11-03T02:00:00-05:00"]),
    // Half an hour only.
    (
        "Australia/Lord_Howe",
        "15 2 * * *",
        "2024-10-05T12:00:00+10:30",
        &["2024-10-06T02:45:00+11:00 2024-10-06T02:15:00", "2024-10-07T02:15:00+11:00"],
    ),
    (
        "Australia/Lord_Howe",
        "*/15 * * * *",
        "2024-04-07T01:15:00+11:00",
        &["2024-04-07T01:30:00+11:00 twice", "2024-04-07T01:45:00+11:00 twice", "2024-04-07T02:00:00+10:30"],
    ),
    // A day that never was.
    (
        "Pacific/Apia",
        "0 12 30 12 *",
        "2011-12-29T00:00:00-10:00",
        &["2011-12-31T12:00:00+14:00 2011-12-30T12:00:00", "2012-12-30T12:00:00+14:00"],
    ),
    (
        "Pacific/Apia",
        "0 12 * * *",
        "2011-12-29T00:00:00-10:00",
        &["2011-12-29T12:00:00-10:00", "2011-12-31T12:00:00+14:00", "2012-01-01T12:00:00+14:00"],
    ),
    // Midnights that never were.
    (
        "America/Santiago",
        "0 0 * * *",
        "2024-09-07T12:00:00-04:00",
        &["2024-09-08T01:00:00-03:00 2024-09-08T00:00:00", "2024-09-09T00:00:00-03:00"],
    ),
    (
        "Africa/Cairo",
        "0 0 * * fri",
        "2024-04-25T12:00:00+02:00",
        &["2024-04-26T01:00:00+03:00 2024-04-26T00:00:00", "2024-05-03T00:00:00+03:00"],
    ),
    // Midnight that comes twice.
    (
        "America/Havana",
        "0 0 * * *",
        "2024-11-02T12:00:00-04:00",
        &["2024-11-03T00:00:00-04:00 twice", "2024-11-04T00:00:00-05:00"],
    ),
];

#[test]
fn each_wall_time_runs_once() {
    for (name, line, from, runs) in RUNS {
        let (zone, schedule) = (zone(name), crontab(line));
        let mut last = at(from);
        for expected in *runs {
            let run = schedule.next_after(last, zone).expect("it runs for ever");
            let local = zone.from_utc_datetime(&run.at.naive_utc());
            let shown = local.to_rfc3339();
            let shown = match run.shift {
                None => shown,
                Some(Shift::Skipped { meant }) => format!("{shown} {}", meant.format("%FT%T")),
                Some(Shift::Repeated) => format!("{shown} twice"),
            };
            assert_eq!(shown, *expected, "{line} in {name} after {last}");
            last = run.at;
        }
        let end = last;
        assert_eq!(schedule.count(at(from), at(from), end, zone), runs.len() as u64, "{line} in {name}");
    }
}

#[test]
fn rare_days_are_found_however_far_away() {
    let utc = zone("UTC");
    let after = |line: &str, from: &str| crontab(line).next_after(at(from), utc).map(|run| run.at);
    assert_eq!(after("0 0 29 2 *", "2096-03-01T00:00:00Z"), Some(at("2104-02-29T00:00:00Z")));
    assert_eq!(after("0 0 29 2 mon", "2024-01-01T00:00:00Z"), Some(at("2044-02-29T00:00:00Z")));
    assert_eq!(after("0 0 29 2 sun", "2088-03-01T00:00:00Z"), Some(at("2128-02-29T00:00:00Z")));
    assert_eq!(after("0 0 31 12 *", "9998-12-31T23:59:00Z"), Some(at("9999-12-31T00:00:00Z")));
    assert_eq!(after("0 0 1 1 *", "9999-01-01T00:00:00Z"), None);
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    use chrono::{DateTime, Utc};
    let zone = zone("Pacific/Apia");
    let second =
        |relative| Schedule::Interval(Interval::new(TimeDelta::seconds(1), relative).expect("lawful"));
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    for schedule in
        [crontab("* * * * *"), crontab("0 0 29 2 *"), second(false), second(true), Schedule::Once(first)]
    {
        assert!(schedule.next_after(first, zone).is_none_or(|run| run.at > first));
        assert_eq!(schedule.next_after(last, zone), None);
        assert_eq!(schedule.latest(last, last, zone), None);
        assert_eq!(schedule.latest(first, first, zone), None);
        assert_eq!(schedule.count(first, last, first, zone), 0);
        assert_eq!(schedule.counts_by_hour(first, last, 2, zone), [0, 0]);
        let newest = schedule.newest(first, last, zone, 3);
        let (latest, count) = schedule.latest(first, last, zone).unzip();
        assert_eq!(newest.last().copied(), latest);
        assert_eq!(schedule.count(first, first, last, zone), count.unwrap_or_default());
        assert!(newest.is_sorted());
    }
}

#[test]
fn a_moment_comes_once() {
    let utc = zone("UTC");
    let once = Schedule::Once(at("2026-12-01T09:30:00Z"));
    let (before, after) = (at("2026-12-01T09:00:00Z"), at("2026-12-01T12:00:00Z"));
    assert_eq!(once.next_after(before, utc).map(|run| run.at), Some(at("2026-12-01T09:30:00Z")));
    assert_eq!(once.next_after(at("2026-12-01T09:30:00Z"), utc), None);
    assert_eq!(
        once.latest(before, after, utc).map(|(run, count)| (run.at, count)),
        Some((at("2026-12-01T09:30:00Z"), 1))
    );
    assert_eq!(once.newest(before, after, utc, 5).len(), 1);
    assert_eq!(once.count(before, before, after, utc), 1);
    assert_eq!(once.counts_by_hour(before, before, 3, utc), [1, 0, 0]);
    assert_eq!(once.counts_by_hour(before, at("2026-12-01T08:30:00Z"), 3, utc), [0, 1, 0]);
}
