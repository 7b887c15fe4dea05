use super::*;
use crate::schedule::{Crontab, Interval, Solar, SolarEvent};
use chrono::TimeDelta;
use proptest::prelude::*;

fn read(entry: Value) -> Result<Definition, Vec<String>> {
    Definition::read(&entry, Tz::Europe__Berlin)
        .map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
}

fn schedule(schedule: Value) -> Result<Schedule, Vec<String>> {
    read(json!({"task": "proj.add", "schedule": schedule})).map(|definition| definition.schedule)
}

fn interval(micros: i64, relative: bool) -> Schedule {
    Schedule::Interval(Interval { every: TimeDelta::microseconds(micros), relative })
}

fn cron(line: &str) -> Schedule {
    Schedule::Crontab(Crontab::parse(line).expect("sound"))
}

fn once(moment: &str) -> Schedule {
    Schedule::Once(moment.parse().expect("a moment"))
}

#[test]
fn schedules_are_written_in_many_ways() {
    for (written, meant) in [
        (json!(30), interval(30_000_000, false)),
        (json!(0.5), interval(500_000, false)),
        (json!("30s"), interval(30_000_000, false)),
        (json!("1h 30m"), interval(5_400_000_000, false)),
        (json!({"every": 30, "relative": true}), interval(30_000_000, true)),
        (json!({"every": "250ms"}), interval(250_000, false)),
        (json!("*/10 * * * *"), cron("*/10 * * * *")),
        (json!("0 9 * * 7"), cron("0 9 * * 7")),
        (json!("@daily"), cron("0 0 * * *")),
        (json!({"crontab": "0 9 * * mon"}), cron("0 9 * * mon")),
        (json!({"crontab": {"minute": 0, "hour": [1, 2], "day_of_week": "mon"}}), cron("0 1,2 * * mon")),
        (json!({"crontab": {"minute": "*/10", "day_of_month": [1, "10-12"]}}), cron("*/10 * 1,10-12 * *")),
        (json!({"at": "2026-12-01T09:00:00"}), once("2026-12-01T08:00:00Z")),
        (json!({"at": "2026-12-01T09:00:00Z"}), once("2026-12-01T09:00:00Z")),
        (json!({"at": "2026-12-01 09:00:00.25+02:00"}), once("2026-12-01T07:00:00.25Z")),
        // The clock is put forward at 02:00, and back at 03:00.
        (json!({"at": "2026-03-29T02:30"}), once("2026-03-29T01:30:00Z")),
        (json!({"at": "2026-10-25T02:30"}), once("2026-10-25T00:30:00Z")),
    ] {
        assert_eq!(schedule(written.clone()), Ok(meant), "{written}");
    }
    let sunset = Schedule::Solar(Solar { event: SolarEvent::Sunset, latitude: 52.5, longitude: 13.4 });
    assert_eq!(schedule(json!({"solar": "sunset", "lat": 52.5, "lon": 13.4})), Ok(sunset.clone()));
    assert_eq!(schedule(json!({"solar": "sunset", "latitude": 52.5, "longitude": 13.4})), Ok(sunset));
}

#[test]
fn wrong_schedules_are_told() {
    for (written, told) in [
        (json!(true), "schedule must be a number of seconds, a length of time such as 30s"),
        (json!(""), "schedule is empty"),
        (json!("every day"), "schedule must be a number of seconds, a length of time such as 30s"),
        (json!(0), "schedule must be at least 0.01 seconds"),
        (json!(-1), "schedule must be a number of seconds, or a length"),
        (json!(1e300), "schedule must be a number of seconds, or a length"),
        (json!("* * *"), "schedule has 3 fields, but a cron line has five"),
        (json!("2026-12-01T09:00"), "schedule is a moment; write it as a table"),
        (json!("60 * * * *"), "schedule.minute 60 is above 59"),
        (json!("@dayly"), "schedule \"@dayly\" is unknown"),
        (json!("0 0 30 2 *"), "schedule.day_of_month day 30 never occurs"),
        (json!({"crontab": {"minut": 5}}), "schedule.minut is no part of a schedule; did you mean minute?"),
        (json!({"crontab": {"day_of_week": 7}}), "schedule.day_of_week 7 is above 6"),
        (json!({"crontab": {"hour": []}}), "schedule.hour is an empty list"),
        (json!({"crontab": {"hour": {}}}), "schedule.hour must be a whole number, a text"),
        (json!({"crontab": 5}), "schedule.crontab must be a table"),
        (json!({}), "schedule needs one of crontab, every, solar and at"),
        (json!({"evry": 5}), "schedule.evry is no part of a schedule; did you mean every?"),
        (json!({"every": "soon"}), "schedule.every must be a number of seconds"),
        (json!({"solar": "sunst", "lat": 1, "lon": 1}), "did you mean sunset?"),
        (
            json!({"solar": "sunset", "lat": 91, "lon": 1}),
            "schedule.latitude must be a number of degrees from -90",
        ),
        (json!({"solar": "sunset", "lat": 1}), "schedule.longitude is missing"),
        (json!({"solar": "sunset", "lat": 1, "latitude": 1, "lon": 1}), "schedule.latitude is given twice"),
        (json!({"at": "tomorrow"}), "schedule.at must be a moment"),
        (json!({"at": "1066-10-14T09:00"}), "schedule.at must be a moment"),
    ] {
        let mistakes = schedule(written.clone()).expect_err("wrong");
        assert!(mistakes[0].contains(told), "{written}: {mistakes:?}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let entry = json!({
        "task": "",
        "schedule": "61 24 * * 8",
        "args": {},
        "kwargs": [],
        "timezone": "Europe/Belrin",
        "missed": "never",
        "max_running": 0,
        "enabled": "yes",
        "quue": "x",
        "options": {
            "priority": 10, "queue": "a", "routing_key": "b", "time_limit": 5, "soft_time_limit": 10,
            "headers": {"task": "x"}, "exchange": "logs", "serializer": "pickle", "compression": "gzip",
            "eta": "2026-12-01", "task_id": "1", "link": [], "expires": "soon", "countdown": -1,
        },
    });
    let mistakes = Definition::read(&entry, Tz::UTC).expect_err("wrong");
    let fields: Vec<&str> = mistakes.iter().map(|mistake| mistake.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "quue",
            "task",
            "timezone",
            "schedule.minute",
            "schedule.hour",
            "schedule.day_of_week",
            "args",
            "kwargs",
            "options.compression",
            "options.countdown",
            "options.eta",
            "options.exchange",
            "options.expires",
            "options.headers",
            "options.link",
            "options.priority",
            "options.serializer",
            "options.task_id",
            "options.routing_key",
            "options.soft_time_limit",
            "missed",
            "max_running",
            "enabled",
        ]
    );
    assert_eq!(
        read(json!([])),
        Err(vec!["the entry must be a table with task and schedule in it".to_owned()])
    );
    assert_eq!(read(json!({})), Err(vec!["task is missing".to_owned(), "schedule is missing".to_owned()]));
}

#[test]
fn what_is_out_of_bounds_is_refused() {
    let with = |key: &str, value: Value| {
        let mut entry = json!({"task": "t", "schedule": 1});
        entry[key] = value;
        read(entry).map(drop)
    };
    let long = "x".repeat(256 << 10);
    assert!(with("task", json!("é".repeat(128))).expect_err("long")[0].contains("256 bytes"));
    assert!(with("task", json!("a\nb")).is_err());
    assert!(with("args", json!([long])).expect_err("long")[0].contains("at most 262144"));
    assert!(with("kwargs", json!({"x": long})).is_err());
    assert!(with("options", json!({"headers": {"x": long}})).is_err());
    assert!(with("options", json!({"countdown": 1e10})).is_err());
    assert!(with("missed_limit", json!(5)).expect_err("alone")[0].contains("only when missed is all"));
    assert!(with("relative", json!(true)).is_ok());
    let many: Map<String, Value> = (0..100).map(|number| (format!("key{number}"), json!(1))).collect();
    assert_eq!(Definition::read(&Value::Object(many), Tz::UTC).expect_err("wrong").len(), 32);
    let cron = json!({"task": "t", "schedule": "@daily", "relative": true});
    assert_eq!(read(cron), Err(vec!["relative means something for intervals only; leave it out".to_owned()]));
}

#[test]
fn options_reach_the_message_and_harmless_ones_are_passed_over() {
    let definition = read(json!({
        "task": "proj.echo", "schedule": 2, "args": ["a"], "kwargs": {"k": 1},
        "options": {
            "routing_key": "other", "priority": 3, "expires": 15, "countdown": 0.5, "time_limit": 60,
            "soft_time_limit": 30, "headers": {"x-own": "y"}, "shadow": "echo", "ignore_result": true,
            "retry": true, "retry_policy": {"max_retries": 3}, "exchange": "", "serializer": "json",
            "compression": null, "delivery_mode": 2,
        },
    }))
    .expect("sound");
    let now: DateTime<Utc> = "2026-11-20T07:06:57Z".parse().expect("a moment");
    let send = definition.to_send(now);
    assert_eq!(
        (send.name.as_str(), send.args, send.kwargs["k"].clone()),
        ("proj.echo", vec![json!("a")], json!(1))
    );
    let options = send.options;
    assert_eq!(options.queue.as_deref(), Some("other"));
    assert_eq!(options.priority, Some(3));
    assert_eq!(options.expires, Some(now + TimeDelta::seconds(15)));
    assert_eq!(options.countdown, Some(std::time::Duration::from_millis(500)));
    assert_eq!((options.time_limit, options.soft_time_limit), (Some(60.0), Some(30.0)));
    assert_eq!(options.shadow.as_deref(), Some("echo"));
    assert_eq!(options.ignore_result, Some(true));
    assert_eq!(Value::Object(options.headers), json!({"x-own": "y", "celery_beat_task": true}));
}

#[test]
fn an_entry_is_written_as_short_as_it_can_be() {
    let entry = json!({"task": "t", "schedule": "@hourly", "missed": "once", "enabled": true, "options": {}});
    let shortest = json!({"task": "t", "schedule": "0 * * * *", "timezone": "Europe/Berlin"});
    assert_eq!(read(entry).expect("sound").to_value(), shortest);
    let entry = json!({"task": "t", "schedule": {"at": "2026-12-01T09:00"}, "timezone": "America/New_York"});
    assert_eq!(
        read(entry).expect("sound").to_value()["schedule"],
        json!({"at": "2026-12-01T09:00:00-05:00"}),
        "in its own zone"
    );
}

fn schedules() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0.01..1e9_f64).prop_map(|seconds| json!(seconds)),
        (1..1_000_000_u32, any::<bool>())
            .prop_map(|(every, relative)| json!({"every": every, "relative": relative})),
        (0..60_u32, 0..24_u32, 0..7_u32)
            .prop_map(|(minute, hour, day)| json!(format!("{minute} {hour} * * {day}"))),
        (1..31_u32, 0..=7_u32).prop_map(|(step, day)| json!(format!("*/{step} 1-5/2,7 * jan-mar {day}"))),
        (0..9_usize, -90.0..90.0_f64, -180.0..180.0_f64).prop_map(|(event, latitude, longitude)| {
            json!({"solar": SolarEvent::ALL[event].name(), "latitude": latitude, "longitude": longitude})
        }),
        (1_000_000_000_000_000_i64..200_000_000_000_000_000).prop_map(|micros| {
            let at = DateTime::from_timestamp_micros(micros).expect("in the calendar");
            json!({"at": at.to_rfc3339()})
        }),
    ]
}

fn options() -> impl Strategy<Value = Value> {
    let number = prop::option::of(0.001..1e6_f64);
    (number.clone(), number, prop::option::of(0..=9_u8), prop::option::of("[a-z]{1,9}"), any::<bool>()).prop_map(
        |(expires, countdown, priority, word, truth)| {
            json!({
                "expires": expires, "countdown": countdown, "priority": priority, "queue": word, "shadow": word,
                "headers": {"x": word}, "ignore_result": truth, "time_limit": expires,
            })
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        schedule in schedules(),
        options in prop::option::of(options()),
        zone in prop::sample::select(vec!["UTC", "Asia/Kathmandu", "America/St_Johns", "Africa/Monrovia"]),
        missed in prop_oneof![
            Just(json!({})), Just(json!({"missed": "skip"})), Just(json!({"missed": "all", "missed_limit": 7}))
        ],
        most in prop::option::of(1..9_u32),
        enabled: bool,
    ) {
        let mut entry = missed;
        entry["task"] = json!("proj.add");
        entry["schedule"] = schedule;
        entry["options"] = json!(options);
        entry["args"] = json!([1, {"a": null}]);
        entry["timezone"] = json!(zone);
        entry["max_running"] = json!(most);
        entry["enabled"] = json!(enabled);
        let definition = read(entry).expect("sound");
        prop_assert_eq!(Definition::read(&definition.to_value(), Tz::UTC).expect("sound"), definition);
    }

    #[test]
    fn hostile_text_does_no_harm(text in ".{0,40}", key in "task|schedule|options|args|timezone|missed") {
        let mut entry = json!({"task": "t", "schedule": 1});
        entry[key] = json!(text);
        let read = Definition::read(&entry, Tz::UTC);
        prop_assert!(read.is_ok() || read.is_err_and(|mistakes| !mistakes.is_empty()));
        let schedule = json!({"task": "t", "schedule": {"crontab": {"minute": text}}});
        let read = Definition::read(&schedule, Tz::UTC);
        prop_assert!(read.is_ok() || read.is_err_and(|mistakes| !mistakes.is_empty()));
    }
}
