//! Reads an entry, key by key.

use super::mistake::{Mistake, Mistakes};
use super::{Definition, Missed, Options, when};
use crate::schedule::{Schedule, Tz, zone};
use serde_json::{Map, Value};

const KNOWN: &[&str] = &[
    "task",
    "schedule",
    "args",
    "kwargs",
    "options",
    "relative",
    "timezone",
    "missed",
    "missed_limit",
    "max_running",
    "enabled",
];
/// Arguments travel in every message, so they are kept small.
const MOST_BYTES: usize = 256 << 10;
const MISSED_LIMIT: u32 = 10;
const MOST_MISSED: u32 = 1000;
const MOST_RUNNING: u32 = 1_000_000;

pub(super) fn definition(value: &Value, default_zone: Tz) -> Result<Definition, Vec<Mistake>> {
    let mut mistakes = Mistakes::default();
    let Some(entry) = value.as_object() else {
        mistakes.add("", "must be a table with task and schedule in it");
        return Err(mistakes.into_vec());
    };
    mistakes.unknown("", entry, KNOWN);
    // What is null counts as absent.
    let given = |key: &str| entry.get(key).filter(|value| !value.is_null());
    let task = required(given("task"), "task", &mut mistakes).and_then(|value| mistakes.name("task", value));
    let zone = given("timezone").map_or(default_zone, |value| own_zone(value, default_zone, &mut mistakes));
    let relative =
        given("relative").and_then(|value| mistakes.boolean("relative", value)).unwrap_or_default();
    let schedule = required(given("schedule"), "schedule", &mut mistakes)
        .and_then(|value| when::read(value, relative, zone, &mut mistakes));
    if relative && schedule.as_ref().is_some_and(|schedule| !matches!(schedule, Schedule::Interval(_))) {
        mistakes.add("relative", "means something for intervals only; leave it out");
    }
    let args = given("args").map(|value| args(value, &mut mistakes)).unwrap_or_default();
    let kwargs = given("kwargs").map(|value| kwargs(value, &mut mistakes)).unwrap_or_default();
    let options = given("options").map(|value| Options::read(value, zone, &mut mistakes)).unwrap_or_default();
    let missed = missed(given("missed"), given("missed_limit"), &mut mistakes);
    let max_running =
        given("max_running").and_then(|value| mistakes.whole("max_running", value, 1, MOST_RUNNING));
    let enabled = given("enabled").and_then(|value| mistakes.boolean("enabled", value)).unwrap_or(true);
    let mistakes = mistakes.into_vec();
    match (task, schedule) {
        (Some(task), Some(schedule)) if mistakes.is_empty() => {
            Ok(Definition { task, schedule, zone, args, kwargs, options, missed, max_running, enabled })
        }
        _ => Err(mistakes),
    }
}

fn required<'a>(value: Option<&'a Value>, field: &str, mistakes: &mut Mistakes) -> Option<&'a Value> {
    if value.is_none() {
        mistakes.add(field, "is missing");
    }
    value
}

fn own_zone(value: &Value, default: Tz, mistakes: &mut Mistakes) -> Tz {
    let Some(name) = mistakes.name("timezone", value) else { return default };
    zone(&name).unwrap_or_else(|sentence| {
        mistakes.add("timezone", sentence);
        default
    })
}

fn args(value: &Value, mistakes: &mut Mistakes) -> Vec<Value> {
    match value {
        Value::Array(args) if mistakes.bounded("args", value, MOST_BYTES) => return args.clone(),
        Value::Array(_) => {}
        _ => mistakes.add("args", "must be a list of positional arguments"),
    }
    Vec::new()
}

fn kwargs(value: &Value, mistakes: &mut Mistakes) -> Map<String, Value> {
    match value {
        Value::Object(kwargs) if mistakes.bounded("kwargs", value, MOST_BYTES) => return kwargs.clone(),
        Value::Object(_) => {}
        _ => mistakes.add("kwargs", "must be a table of arguments by their names"),
    }
    Map::new()
}

fn missed(policy: Option<&Value>, limit: Option<&Value>, mistakes: &mut Mistakes) -> Missed {
    let read = limit.and_then(|limit| mistakes.whole("missed_limit", limit, 1, MOST_MISSED));
    let policy = match policy.map(Value::as_str) {
        None | Some(Some("once")) => Missed::Once,
        Some(Some("skip")) => Missed::Skip,
        Some(Some("all")) => return Missed::All(read.unwrap_or(MISSED_LIMIT)),
        Some(_) => {
            mistakes.add("missed", "must be once, skip or all");
            return Missed::Once;
        }
    };
    if limit.is_some() {
        mistakes.add("missed_limit", "means something only when missed is all");
    }
    policy
}
