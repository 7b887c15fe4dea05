//! Entries as a form shows them, and that what it shows means the same entry.

use crate::view::ScheduleForm;
use serde_json::{Value, json};

fn of(definition: &Value) -> ScheduleForm {
    ScheduleForm::of("a", definition).expect("the form knows this kind")
}

/// The entry that the form of an entry means.
fn again(definition: &Value) -> Value {
    let (entry, mistakes) = of(definition).read();
    assert_eq!(mistakes, [], "{definition}");
    entry
}

#[test]
fn what_the_form_writes_it_reads_back() {
    for entry in [
        json!({"task": "t", "schedule": {"crontab": "*/10 * * * mon-fri"}}),
        json!({"task": "t", "schedule": {"crontab": "@daily"}, "timezone": "Europe/Berlin"}),
        json!({"task": "t", "schedule": {"every": 30}}),
        json!({"task": "t", "schedule": {"every": 0.5}}),
        json!({"task": "t", "schedule": {"every": "1h 30m", "relative": true}}),
        json!({"task": "t", "schedule": {"solar": "dusk_civil", "latitude": 52.5, "longitude": -13.0}}),
        json!({"task": "t", "schedule": {"at": "2026-12-01T09:00:00"}}),
        json!({"task": "t", "schedule": {"every": 1}, "args": [1, "x", null], "kwargs": {"deep": {"a": [1]}}}),
        json!({"task": "t", "schedule": {"every": 1}, "missed": "skip", "max_running": 1, "enabled": false}),
        json!({"task": "t", "schedule": {"every": 1}, "missed": "all", "missed_limit": 5}),
        json!({"task": "t", "schedule": {"every": 1}, "options": {
            "queue": "net", "priority": 3, "expires": 60, "headers": {"x": 1}, "time_limit": 5}}),
        json!({"task": "t", "schedule": {"every": 1}, "options": {"expires": "2026-12-01T09:00:00Z"}}),
    ] {
        assert_eq!(again(&entry), entry);
    }
}

#[test]
fn short_ways_of_writing_mean_the_long_ones() {
    let schedule = |written: Value| again(&json!({"task": "t", "schedule": written}))["schedule"].clone();
    assert_eq!(schedule(json!(30)), json!({"every": 30}));
    assert_eq!(schedule(json!("30s")), json!({"every": "30s"}));
    assert_eq!(schedule(json!("1w 2d 3h 4m 5s")), json!({"every": "1w 2d 3h 4m 5s"}));
    assert_eq!(schedule(json!("0 9 * * mon")), json!({"crontab": "0 9 * * mon"}));
    assert_eq!(schedule(json!("@hourly")), json!({"crontab": "@hourly"}));
    let fields =
        json!({"crontab": {"minute": "0, 30", "hour": 5, "day_of_week": [1, 2], "month_of_year": "jan"}});
    assert_eq!(schedule(fields), json!({"crontab": "0,30 5 * jan 1,2"}));
    let place = json!({"solar": "sunset", "lat": 1.5, "lon": 2.0});
    assert_eq!(schedule(place), json!({"solar": "sunset", "latitude": 1.5, "longitude": 2.0}));
    let celery = json!({"task": "t", "schedule": 60, "relative": true});
    assert_eq!(again(&celery)["schedule"], json!({"every": 60, "relative": true}));
}

#[test]
fn long_json_is_written_on_several_lines() {
    let form = of(&json!({"task": "t", "schedule": 1, "args": [], "kwargs": {"text": "x".repeat(60)}}));
    assert_eq!((form.args.as_str(), form.kwargs.lines().count()), ("", 3));
}

#[test]
fn an_option_that_its_field_cannot_hold_stays_among_the_others() {
    let entry = json!({"task": "t", "schedule": {"every": 1}, "options": {"queue": {"name": "net"}}});
    assert_eq!(of(&entry).options, r#"{"queue":{"name":"net"}}"#);
    assert_eq!(again(&entry), entry);
}

#[test]
fn what_is_no_entry_has_no_form() {
    for definition in [
        json!(null),
        json!([]),
        json!({"task": "t"}),
        json!({"task": "t", "schedule": null}),
        json!({"task": "t", "schedule": {}}),
        json!({"task": "t", "schedule": {"crontab": 5}}),
        json!({"task": "t", "schedule": {"clocked": "2026-12-01"}}),
    ] {
        assert_eq!(ScheduleForm::of("a", &definition), None, "{definition}");
    }
}
