//! What is sent when: the scheduler's settings.

use super::error::Source;
use super::file::Entry;
use super::value::{self, Read};
use crate::schedule::{self, Tz};
use serde_json::{Map, Number, Value as Json};
use std::time::Duration;
use toml::Value;

/// How long Celery's beat sleeps at most.
const LONGEST_SLEEP: Duration = Duration::from_secs(300);

/// How long whoever leads the schedules does so without saying it again. It is said three times in this time, and asked
/// for as often: a leader that dies is replaced within eight seconds.
const LEASE: Duration = Duration::from_secs(7);
/// Less would be lost whenever a process has to wait for its turn on a busy machine.
const SHORTEST_LEASE: Duration = Duration::from_millis(300);

/// The scheduler inside of this process.
#[derive(Clone, Debug, PartialEq)]
pub struct Beat {
    pub enabled: bool,
    /// The zone of wall times whose entry names none.
    pub zone: Tz,
    /// The entries as they are written. Whether they are sound is found out later, for one that is not must not
    /// keep the others from running.
    pub schedule: Vec<BeatEntry>,
    /// A run of a crontab that was missed longer ago than this is not made up for.
    pub starting_deadline: Option<Duration>,
    /// How long the scheduler sleeps at most.
    pub max_loop_interval: Duration,
    /// How long one process leads the schedules without a sign of life.
    pub lease: Duration,
}

/// An entry of `beat_schedule`, not read yet.
#[derive(Clone, Debug, PartialEq)]
pub struct BeatEntry {
    pub name: String,
    pub value: Json,
    pub at: Source,
}

impl Default for Beat {
    fn default() -> Self {
        Self {
            enabled: true,
            zone: Tz::UTC,
            schedule: Vec::new(),
            starting_deadline: None,
            max_loop_interval: LONGEST_SLEEP,
            lease: LEASE,
        }
    }
}

pub(super) fn zone(value: &Value) -> Read<Tz> {
    let name = value.as_str().unwrap_or_default();
    schedule::zone(name).map_err(|sentence| {
        let (_, hint) = sentence.rsplit_once("; ").unwrap_or(("", "such as UTC or Europe/Berlin"));
        format!("is the name of a time zone ({hint})")
    })
}

pub(super) fn starting_deadline(value: &Value) -> Read<Option<Duration>> {
    if matches!(value, Value::String(word) if word == "none") {
        return Ok(None);
    }
    value::length(value).map(Some).map_err(|expected| format!("{expected}, or none"))
}

/// Zero is Celery's word for its default.
pub(super) fn max_loop_interval(value: &Value) -> Read<Duration> {
    value::length_or_zero(value).map(|length| if length.is_zero() { LONGEST_SLEEP } else { length })
}

pub(super) fn lease(value: &Value) -> Read<Duration> {
    let lease = value::length(value).ok().filter(|lease| *lease >= SHORTEST_LEASE);
    lease.ok_or_else(|| "is a length of time of at least 300ms, such as 7s".to_owned())
}

/// A table of entries; in the environment the same as JSON.
pub(super) fn schedule(entry: &Entry) -> Read<Vec<BeatEntry>> {
    const TABLE: &str = "is a table of entries, each a table under its name";
    let entries: Map<String, Json> = match &entry.value {
        Value::Table(table) => table.iter().map(|(name, value)| (name.clone(), json(value))).collect(),
        Value::String(text) => serde_json::from_str(text)
            .map_err(|error| format!("{TABLE}, as JSON in the environment ({error})"))?,
        _ => return Err(TABLE.to_owned()),
    };
    let place = |name: &String| entry.within.get(name).unwrap_or(&entry.at).clone();
    Ok(entries.into_iter().map(|(name, value)| BeatEntry { at: place(&name), name, value }).collect())
}

/// The same as JSON. Moments are text there, and so are the numbers that JSON does not know.
fn json(value: &Value) -> Json {
    match value {
        Value::String(text) => Json::String(text.clone()),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => {
            Number::from_f64(*number).map_or_else(|| Json::String(number.to_string()), Json::Number)
        }
        Value::Boolean(truth) => Json::Bool(*truth),
        Value::Datetime(moment) => Json::String(moment.to_string()),
        Value::Array(values) => values.iter().map(json).collect(),
        Value::Table(table) => table.iter().map(|(name, value)| (name.clone(), json(value))).collect(),
    }
}
