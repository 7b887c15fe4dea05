//! Schedules against what was recorded of Celery. A case without an expectation fails.

use super::{at, crontab, zone};
use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use serde_json::Value;
use umbel::schedule::{Crontab, CrontabError, Interval, Schedule, Tz};

/// All cases of a recording, of which there must be so many.
fn cases(text: &str, count: usize) -> Vec<Value> {
    let recorded: Value = serde_json::from_str(text).expect("recorded JSON");
    let cases = recorded["payload"].as_array().expect("a list of cases");
    assert_eq!(cases.len(), count);
    cases.clone()
}

fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_else(|| panic!("{name} of {case} is not text"))
}

/// The part of a field that an error of Celery is about, which ours must name too.
fn bad_part<'a>(error: &'a str, spec: &'a str) -> &'a str {
    if let Some((_, literal)) = error.split_once("literal '") {
        return literal.split_once('\'').expect("a quoted literal").0;
    }
    if let Some((_, range)) = error.split_once(" range: ") {
        return range.split(' ').next().expect("a number");
    }
    spec
}

fn assert_refused(read: Result<Crontab, CrontabError>, error: &str, field: &str, spec: &str) {
    assert!(error.starts_with("error: "), "{error}");
    let refused = read.expect_err(error);
    assert_eq!(refused.field, field, "{error}");
    let part = bad_part(error, spec);
    let named =
        if part.is_empty() { refused.sentence.contains("empty") } else { refused.sentence.contains(part) };
    assert!(named, "{part:?} of {error:?} is not in {:?}", refused.sentence);
}

#[test]
fn fields_are_read() {
    for case in cases(include_str!("../../fixtures/beat/crontab_parser.json"), 30) {
        let spec = text(&case, "spec");
        let (field, read) = match (case["min"].as_u64(), case["max"].as_u64()) {
            (Some(0), Some(60)) => ("minute", Crontab::new(spec, "*", "*", "*", "*")),
            (Some(0), Some(24)) => ("hour", Crontab::new("*", spec, "*", "*", "*")),
            (Some(0), Some(7)) => ("day_of_week", Crontab::new("*", "*", spec, "*", "*")),
            (Some(1), Some(31)) => ("day_of_month", Crontab::new("*", "*", "*", spec, "*")),
            (Some(1), Some(12)) => ("month_of_year", Crontab::new("*", "*", "*", "*", spec)),
            range => panic!("{range:?} is no field"),
        };
        let Some(expected) = case["result"].as_array() else {
            assert_refused(read, text(&case, "result"), field, spec);
            continue;
        };
        let crontab = read.unwrap_or_else(|error| panic!("{case}: {error}"));
        let values = match field {
            "minute" => crontab.minutes(),
            "hour" => crontab.hours(),
            "day_of_week" => crontab.days_of_week(),
            "day_of_month" => crontab.days_of_month(),
            _ => crontab.months(),
        };
        let expected: Vec<u64> = expected.iter().map(|value| value.as_u64().expect("a number")).collect();
        assert_eq!(values.iter().map(u64::from).collect::<Vec<_>>(), expected, "{case}");
    }
}

/// A field as Celery takes it: a number, a list of them, or text.
fn field(spec: &Value, name: &str) -> String {
    match &spec[name] {
        Value::Null => "*".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(numbers) => numbers.iter().map(Value::to_string).collect::<Vec<_>>().join(","),
        text => text.as_str().expect("a number, a list or text").to_owned(),
    }
}

/// A wall time as it was recorded.
fn local(zone: Tz, text: &str) -> DateTime<Utc> {
    let wall: NaiveDateTime = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    zone.from_local_datetime(&wall).single().expect("an ordinary wall time").to_utc()
}

#[test]
fn crontabs_run_when_they_did() {
    const FIELDS: [&str; 5] = ["minute", "hour", "day_of_week", "day_of_month", "month_of_year"];
    for case in cases(include_str!("../../fixtures/beat/crontab_next_runs.json"), 31) {
        let spec = &case["spec"];
        let [minute, hour, day_of_week, day_of_month, month] = FIELDS.map(|name| field(spec, name));
        let read = Crontab::new(&minute, &hour, &day_of_week, &day_of_month, &month);
        let Some(runs) = case["next_runs"].as_array() else {
            let wrong = if case["note"] == "30 feb invalid" {
                "day_of_month"
            } else {
                FIELDS.into_iter().rfind(|name| spec[*name].is_string()).expect("the field that is wrong")
            };
            assert_refused(read, text(&case, "next_runs"), wrong, &field(spec, wrong));
            continue;
        };
        let schedule = Schedule::Crontab(read.unwrap_or_else(|error| panic!("{case}: {error}")));
        let zone = zone(text(&case, "tz"));
        let mut last = local(zone, text(&case, "start"));
        for run in runs {
            let next = schedule.next_after(last, zone).expect("it runs for ever").at;
            assert_eq!(next, at(run.as_str().expect("a moment")), "{case}");
            last = next;
        }
    }
}

/// What Celery's `is_due` answers: whether a task is to be sent now, and the seconds to the next look.
fn is_due(
    schedule: &Schedule,
    last: DateTime<Utc>,
    now: DateTime<Utc>,
    deadline: Option<i64>,
) -> (bool, f64) {
    let zone = Tz::UTC;
    let latest = schedule.latest(last, now, zone);
    let from = if latest.is_some() { now } else { last };
    let next = schedule.next_after(from, zone).expect("it runs for ever").at;
    let in_time = |at| deadline.is_none_or(|seconds| now - at <= TimeDelta::seconds(seconds));
    (latest.is_some_and(|(run, _)| in_time(run.at)), (next - now).as_seconds_f64())
}

/// A schedule in the words in which Celery shows it.
fn shown(text: &str, relative: bool) -> Schedule {
    if let Some(fields) = text.strip_prefix("<crontab: ") {
        return crontab(fields.strip_suffix(" (m/h/dM/MY/d)>").expect("five fields and their names"));
    }
    let length = text.strip_prefix("<freq: ").and_then(|text| text.strip_suffix('>')).expect("an interval");
    let (number, unit) = length.split_once(' ').expect("a number and its unit");
    let seconds = match unit.trim_end_matches('s') {
        "second" => 1.0,
        "minute" => 60.0,
        "hour" => 3600.0,
        unit => panic!("{unit} is no unit"),
    };
    let every = number.parse::<f64>().expect("a number") * seconds;
    let every = TimeDelta::try_milliseconds((every * 1000.0) as i64).expect("a length");
    Schedule::Interval(Interval::new(every, relative).expect("a lawful length"))
}

#[test]
fn what_is_due_is_what_was() {
    for case in cases(include_str!("../../fixtures/beat/is_due.json"), 12) {
        let schedule = shown(text(&case, "schedule"), text(&case, "note").contains("relative"));
        let (last, now) = (local(Tz::UTC, text(&case, "last_run_at")), local(Tz::UTC, text(&case, "now")));
        let deadline = case["beat_cron_starting_deadline"].as_i64();
        let expected = (
            case["is_due"].as_bool().expect("due or not"),
            case["next"].as_f64().expect("seconds to the next look"),
        );
        assert_eq!(is_due(&schedule, last, now, deadline), expected, "{case}");
    }
}

#[test]
fn what_was_missed_is_made_up_for_by_one_run() {
    let every_second = shown("<freq: 1.00 second>", false);
    let mut last = at("2024-01-01T00:00:00Z");
    let mut now = last + TimeDelta::seconds(5);
    assert_eq!(every_second.latest(last, now, Tz::UTC).map(|(_, missed)| missed), Some(5));
    for seconds in cases(include_str!("../../fixtures/beat/catch_up.json"), 3) {
        let expected = seconds.as_f64().expect("seconds between two messages");
        assert_eq!(is_due(&every_second, last, now, None), (true, expected));
        last = now;
        now += TimeDelta::seconds(1);
    }
}
