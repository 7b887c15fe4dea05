//! What can be wrong with an entry, and the small readers that find it.

use crate::nearest::nearest;
use chrono::TimeDelta;
use serde_json::{Map, Value};
use std::fmt;

/// Somebody who makes more mistakes than this at once reads the first ones.
const MOST: usize = 32;
const LONGEST_NAME: usize = 255;
/// Longer words are not compared with what they may have been meant to be.
const LONGEST_WORD: usize = 64;
const CENTURY: f64 = 100.0 * 365.0 * 86_400.0;

/// Something that is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands: `task`, `schedule`, `schedule.minute`, `timezone`, `args`, `options.priority`. Empty when it
    /// is the entry as a whole.
    pub field: String,
    /// What is wrong and what would be right, without the field's name in front: "is empty".
    pub sentence: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = if self.field.is_empty() { "the entry" } else { &self.field };
        write!(f, "{field} {}", self.sentence)
    }
}

/// Gathers mistakes. Each reader answers with what it could read and goes on.
#[derive(Default)]
pub(super) struct Mistakes(Vec<Mistake>);

impl Mistakes {
    pub(super) fn add(&mut self, field: &str, sentence: impl Into<String>) {
        if self.0.len() < MOST {
            self.0.push(Mistake { field: field.to_owned(), sentence: sentence.into() });
        }
    }

    pub(super) fn into_vec(self) -> Vec<Mistake> {
        self.0
    }

    /// Tells of every key that is not among the known ones.
    pub(super) fn unknown(&mut self, path: &str, map: &Map<String, Value>, known: &[&str]) {
        let what = match path {
            "" => "an entry",
            "options" => "the options",
            _ => "a schedule",
        };
        for key in map.keys().filter(|key| !known.contains(&key.as_str())).take(MOST) {
            let short: String = key.chars().take(LONGEST_WORD).collect();
            let meant = (short.len() == key.len()).then(|| nearest(key, known.iter().copied())).flatten();
            let hint = meant.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
            self.add(&at(path, &short), format!("is no part of {what}{hint}"));
        }
    }

    pub(super) fn object<'a>(&mut self, field: &str, value: &'a Value) -> Option<&'a Map<String, Value>> {
        let object = value.as_object();
        if object.is_none() {
            self.add(field, "must be a table of names and values");
        }
        object
    }

    pub(super) fn boolean(&mut self, field: &str, value: &Value) -> Option<bool> {
        let truth = value.as_bool();
        if truth.is_none() {
            self.add(field, "must be true or false");
        }
        truth
    }

    pub(super) fn whole(&mut self, field: &str, value: &Value, least: u32, most: u32) -> Option<u32> {
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.add(field, format!("must be a whole number from {least} to {most}"));
        }
        number
    }

    /// A name as messages may carry it.
    pub(super) fn name(&mut self, field: &str, value: &Value) -> Option<String> {
        let Some(name) = value.as_str() else {
            self.add(field, "must be a text");
            return None;
        };
        match check_name(field, name) {
            Ok(()) => Some(name.to_owned()),
            Err(Mistake { sentence, .. }) => {
                self.add(field, sentence);
                None
            }
        }
    }

    /// Seconds above zero, kept to the microsecond.
    pub(super) fn seconds(&mut self, field: &str, value: &Value) -> Option<TimeDelta> {
        let length = value.as_f64().and_then(length).filter(|length| *length > TimeDelta::zero());
        if length.is_none() {
            self.add(field, "must be a number of seconds above 0, a hundred years at most");
        }
        length
    }

    /// A value of bounded size.
    pub(super) fn bounded(&mut self, field: &str, value: &Value, most: usize) -> bool {
        let mut counted = Counted(0);
        let written = serde_json::to_writer(&mut counted, value);
        let fits = written.is_ok() && counted.0 <= most;
        if !fits {
            self.add(field, format!("takes {} bytes as JSON, but at most {most} are possible", counted.0));
        }
        fits
    }
}

/// Whether something may have this name.
pub(super) fn check_name(field: &str, name: &str) -> Result<(), Mistake> {
    let sentence = if name.trim().is_empty() {
        "is empty".to_owned()
    } else if name.len() > LONGEST_NAME {
        format!("is {} bytes long, but at most {LONGEST_NAME} are possible", name.len())
    } else if name.chars().any(char::is_control) {
        "has control characters in it; leave them out".to_owned()
    } else {
        return Ok(());
    };
    Err(Mistake { field: field.to_owned(), sentence })
}

/// The path of a key within its table.
pub(super) fn at(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// A length of time as Python keeps it: whole microseconds.
pub(super) fn length(seconds: f64) -> Option<TimeDelta> {
    (0.0..=CENTURY).contains(&seconds).then(|| TimeDelta::microseconds((seconds * 1e6).round() as i64))
}

/// A length of time as a number of seconds.
pub(super) fn seconds(length: TimeDelta) -> Value {
    let micros = length.num_microseconds().unwrap_or(i64::MAX);
    if micros % 1_000_000 == 0 { Value::from(micros / 1_000_000) } else { Value::from(micros as f64 / 1e6) }
}

/// Counts what is written into it.
struct Counted(usize);

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
