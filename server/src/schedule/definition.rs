//! An entry as it is written: in a file, in code, in a form.

mod mistake;
mod options;
mod read;
mod when;

pub use mistake::Mistake;
pub use options::{Expires, Options};

use super::{Schedule, Tz};
use crate::client::Send;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

/// By this header Celery marks what its beat has sent.
pub const BEATS: &str = "celery_beat_task";

/// What is sent, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    pub task: String,
    pub schedule: Schedule,
    /// The zone its wall times are in.
    pub zone: Tz,
    pub args: Vec<Value>,
    pub kwargs: Map<String, Value>,
    pub options: Options,
    pub missed: Missed,
    /// How many of its tasks may run at a time; more are not sent.
    pub max_running: Option<u32>,
    pub enabled: bool,
}

/// What becomes of occurrences at which nobody was there to send them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missed {
    /// One task stands for all of them, as in Celery.
    #[default]
    Once,
    /// None is made up for.
    Skip,
    /// Each is made up for, the newest ones when there are more than this.
    All(u32),
}

impl Definition {
    /// Reads an entry. All mistakes are told at once. Without a zone of its own it is in this one.
    ///
    /// ```
    /// use umbel::schedule::{Definition, Tz};
    /// let entry = serde_json::json!({"task": "proj.add", "schedule": "*/10 * * * *", "args": [1, 2]});
    /// assert_eq!(Definition::read(&entry, Tz::UTC).unwrap().task, "proj.add");
    ///
    /// let entry = serde_json::json!({"tsak": "proj.add", "schedule": 10});
    /// let mistakes = Definition::read(&entry, Tz::UTC).unwrap_err();
    /// assert_eq!(mistakes[0].to_string(), "tsak is no part of an entry; did you mean task?");
    /// ```
    pub fn read(value: &Value, zone: Tz) -> Result<Self, Vec<Mistake>> {
        read::definition(value, zone)
    }

    /// Whether an entry may have this name.
    pub fn check_name(name: &str) -> Result<(), Mistake> {
        mistake::check_name("name", name)
    }

    /// The entry as it is written, its zone included. What is at its default is left out.
    pub fn to_value(&self) -> Value {
        let mut entry = Map::new();
        let mut put = |name: &str, value: Value| entry.insert(name.to_owned(), value);
        put("task", json!(self.task));
        put("schedule", when::write(&self.schedule, self.zone));
        put("timezone", json!(self.zone.name()));
        if !self.args.is_empty() {
            put("args", json!(self.args));
        }
        if !self.kwargs.is_empty() {
            put("kwargs", json!(self.kwargs));
        }
        let options = self.options.to_value();
        if !options.is_empty() {
            put("options", Value::Object(options));
        }
        match self.missed {
            Missed::Once => {}
            Missed::Skip => {
                put("missed", json!("skip"));
            }
            Missed::All(limit) => {
                put("missed", json!("all"));
                put("missed_limit", json!(limit));
            }
        }
        if let Some(most) = self.max_running {
            put("max_running", json!(most));
        }
        if !self.enabled {
            put("enabled", json!(false));
        }
        Value::Object(entry)
    }

    /// The task of one occurrence, its `expires` and `countdown` counted from `now` on.
    pub fn to_send(&self, now: DateTime<Utc>) -> Send {
        let mut options = self.options.to_send(now);
        options.headers.insert(BEATS.to_owned(), Value::Bool(true));
        Send { name: self.task.clone(), args: self.args.clone(), kwargs: self.kwargs.clone(), options }
    }
}

#[cfg(test)]
mod tests;
