//! Forms and what they mean.

use crate::view::ScheduleForm;
use serde_json::{Value, json};

fn form(set: impl FnOnce(&mut ScheduleForm)) -> ScheduleForm {
    let mut form = ScheduleForm {
        name: "a".to_owned(),
        task: "t".to_owned(),
        kind: "interval".to_owned(),
        every: "30".to_owned(),
        ..ScheduleForm::default()
    };
    set(&mut form);
    form
}

fn read(set: impl FnOnce(&mut ScheduleForm)) -> Value {
    let (entry, mistakes) = form(set).read();
    assert_eq!(mistakes, []);
    entry
}

/// The mistakes, each as `field sentence`.
fn mistake(set: impl FnOnce(&mut ScheduleForm)) -> String {
    let (_, mistakes) = form(set).read();
    let told: Vec<String> =
        mistakes.iter().map(|mistake| format!("{} {}", mistake.field, mistake.sentence)).collect();
    told.join("; ")
}

#[test]
fn empty_fields_are_left_out() {
    assert_eq!(read(|_| {}), json!({"task": "t", "schedule": {"every": 30}}));
}

#[test]
fn only_the_fields_of_the_kind_count() {
    let entry = read(|form| {
        form.crontab = "broken".to_owned();
        form.latitude = "north".to_owned();
        form.missed_limit = "many".to_owned();
        form.missed = "once".to_owned();
    });
    assert_eq!(entry, json!({"task": "t", "schedule": {"every": 30}}));
}

#[test]
fn a_moment_gets_its_seconds() {
    let at = |text: &str| {
        let entry = read(|form| (form.kind, form.at) = ("once".to_owned(), text.to_owned()));
        entry["schedule"]["at"].clone()
    };
    assert_eq!(at("2026-12-01T09:00"), "2026-12-01T09:00:00");
    assert_eq!(at("2026-12-01T09:00:30"), "2026-12-01T09:00:30");
    assert_eq!(at("2026-12-01T09:00:00+01:00"), "2026-12-01T09:00:00+01:00");
    assert_eq!(at("tomorrow"), "tomorrow");
}

#[test]
fn no_text_of_an_interval_is_a_crontab() {
    assert_eq!(read(|form| form.every = "* * * * *".to_owned())["schedule"], json!({"every": "* * * * *"}));
    assert_eq!(read(|form| form.every = "inf".to_owned())["schedule"], json!({"every": "inf"}));
}

#[test]
fn what_cannot_be_read_is_told_with_its_field() {
    assert_eq!(mistake(|form| form.name = " ".to_owned()), "name is missing");
    assert_eq!(mistake(|form| form.task.clear()), "task is missing");
    assert_eq!(
        mistake(|form| form.kind = "sometimes".to_owned()),
        "kind is none of crontab, interval, solar and once"
    );
    assert_eq!(mistake(|form| form.every.clear()), "every is missing");
    assert_eq!(mistake(|form| form.args = "{}".to_owned()), "args is not a JSON array but an object");
    assert!(mistake(|form| form.kwargs = "{oops".to_owned()).starts_with("kwargs is not a JSON object: "));
    assert!(mistake(|form| form.options = "[]".to_owned()).starts_with("options is not a JSON object"));
    assert!(mistake(|form| form.priority = "high".to_owned()).starts_with("priority is not a whole number"));
    assert!(mistake(|form| form.max_running = "-1".to_owned()).starts_with("max_running is not"));
    let solar = mistake(|form| {
        form.kind = "solar".to_owned();
        form.latitude = "nan".to_owned();
    });
    let degrees = "latitude is not a number of degrees, such as 52.5";
    assert_eq!(solar, format!("event is missing; {degrees}; longitude is missing"));
}

#[test]
fn an_option_is_said_once() {
    let said = mistake(|form| {
        form.options = r#"{"queue": "a"}"#.to_owned();
        form.queue = "b".to_owned();
    });
    assert_eq!(said, "options and the field queue both say something: leave one out");
}
