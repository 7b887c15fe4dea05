//! Tasks that are sent again and again, as a program says it.

use crate::schedule::{Definition, Missed, Mistake, SolarEvent, Tz};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// An entry of the schedule, for [`Tasks::periodic`](super::Tasks::periodic). What it says is checked there with
/// everything else.
///
/// ```
/// use std::time::Duration;
/// use umbel::schedule::{Missed, SolarEvent};
/// use umbel::{Periodic, Tasks};
///
/// let tasks = Tasks::new()
///     .periodic("often", Periodic::new("demo.add").every(Duration::from_secs(30)).arg(1).arg(2).queue("sums"))
///     .periodic("at-nine", Periodic::new("demo.report").cron("0 9 * * mon-fri").timezone("Europe/Berlin"))
///     .periodic("lamps", Periodic::new("demo.lamps").solar(SolarEvent::Sunset, 52.5, 13.4).missed(Missed::Skip))
///     .periodic("party", Periodic::new("demo.party").at("2030-01-01T00:00:00").timezone("Asia/Tokyo"));
/// assert_eq!(tasks.build().unwrap().entries().count(), 4);
///
/// let wrong = Tasks::new().periodic("wrong", Periodic::new("demo.add").cron("60 * * * *"));
/// assert_eq!(
///     wrong.build().unwrap_err().to_string(),
///     "entry \"wrong\" has a mistake: schedule.minute 60 is above 59, the largest value"
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Periodic {
    entry: Map<String, Value>,
    args: Vec<Value>,
    kwargs: Map<String, Value>,
    options: Map<String, Value>,
    headers: Map<String, Value>,
}

impl Periodic {
    /// The task of this name. It also needs to know when: [`every`](Self::every), [`cron`](Self::cron),
    /// [`solar`](Self::solar) or [`at`](Self::at).
    pub fn new(task: impl Into<String>) -> Self {
        Self {
            entry: Map::from_iter([("task".to_owned(), Value::String(task.into()))]),
            args: Vec::new(),
            kwargs: Map::new(),
            options: Map::new(),
            headers: Map::new(),
        }
    }

    /// Every so often.
    pub fn every(self, length: Duration) -> Self {
        self.with("schedule", json!(length.as_secs_f64()))
    }

    /// Keeps an interval to whole days, hours, minutes or seconds of the clock: Celery's `relative`.
    pub fn relative(self) -> Self {
        self.with("relative", json!(true))
    }

    /// By a cron line such as `*/10 * * * *`, or `@daily`.
    pub fn cron(self, line: &str) -> Self {
        self.with("schedule", json!({"crontab": line}))
    }

    /// With the sun, at these degrees north and east.
    pub fn solar(self, event: SolarEvent, latitude: f64, longitude: f64) -> Self {
        self.with("schedule", json!({"solar": event.name(), "latitude": latitude, "longitude": longitude}))
    }

    /// Once, at an ISO 8601 moment. Without an offset it is a wall time of the entry's zone.
    pub fn at(self, moment: &str) -> Self {
        self.with("schedule", json!({"at": moment}))
    }

    /// The zone of its wall times; otherwise that of the setting `timezone`.
    pub fn timezone(self, name: &str) -> Self {
        self.with("timezone", json!(name))
    }

    /// Adds a positional argument. A value that cannot be JSON (a map with keys other than text) becomes null.
    pub fn arg(mut self, value: impl Serialize) -> Self {
        self.args.push(serde_json::to_value(value).unwrap_or_default());
        self
    }

    /// Adds a keyword argument. A value that cannot be JSON (a map with keys other than text) becomes null.
    pub fn kwarg(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.kwargs.insert(name.into(), serde_json::to_value(value).unwrap_or_default());
        self
    }

    pub fn queue(self, name: &str) -> Self {
        self.option("queue", json!(name))
    }

    /// 0 is the most urgent, 9 the least.
    pub fn priority(self, priority: u8) -> Self {
        self.option("priority", json!(priority))
    }

    /// How long after it was sent a task is worth running.
    pub fn expires(self, length: Duration) -> Self {
        self.option("expires", json!(length.as_secs_f64()))
    }

    pub fn time_limit(self, limit: Duration) -> Self {
        self.option("time_limit", json!(limit.as_secs_f64()))
    }

    pub fn soft_time_limit(self, limit: Duration) -> Self {
        self.option("soft_time_limit", json!(limit.as_secs_f64()))
    }

    /// Adds a header of one's own.
    pub fn header(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.headers.insert(name.into(), serde_json::to_value(value).unwrap_or_default());
        self
    }

    /// What becomes of runs at which no scheduler was there.
    pub fn missed(self, missed: Missed) -> Self {
        match missed {
            Missed::Once => self.with("missed", json!("once")),
            Missed::Skip => self.with("missed", json!("skip")),
            Missed::All(limit) => self.with("missed", json!("all")).with("missed_limit", json!(limit)),
        }
    }

    /// How many of its tasks may run at a time; a run that would be one more is passed over.
    pub fn max_running(self, most: u32) -> Self {
        self.with("max_running", json!(most))
    }

    /// Leaves it in the schedule without running it.
    pub fn disabled(self) -> Self {
        self.with("enabled", json!(false))
    }

    /// As an entry is written in a file.
    pub fn to_value(&self) -> Value {
        let mut entry = self.entry.clone();
        let mut options = self.options.clone();
        if !self.headers.is_empty() {
            options.insert("headers".to_owned(), json!(self.headers));
        }
        entry.insert("args".to_owned(), json!(self.args));
        entry.insert("kwargs".to_owned(), json!(self.kwargs));
        entry.insert("options".to_owned(), json!(options));
        Value::Object(entry)
    }

    pub(super) fn mistakes(&self, name: &str) -> Vec<Mistake> {
        let named = Definition::check_name(name).err();
        // In which zone it is by default makes no difference to what is wrong with it.
        let read = Definition::read(&self.to_value(), Tz::UTC).err();
        named.into_iter().chain(read.into_iter().flatten()).collect()
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.entry.insert(key.to_owned(), value);
        self
    }

    fn option(mut self, key: &str, value: Value) -> Self {
        self.options.insert(key.to_owned(), value);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_said_is_written() {
        let entry = Periodic::new("demo.add")
            .every(Duration::from_millis(1500))
            .relative()
            .timezone("Europe/Berlin")
            .arg(1)
            .kwarg("y", 2)
            .queue("sums")
            .priority(3)
            .expires(Duration::from_secs(60))
            .time_limit(Duration::from_secs(20))
            .soft_time_limit(Duration::from_secs(10))
            .header("x-own", "y")
            .missed(Missed::All(7))
            .max_running(1)
            .disabled();
        let expected = json!({
            "task": "demo.add", "schedule": {"every": 1.5, "relative": true}, "timezone": "Europe/Berlin",
            "args": [1], "kwargs": {"y": 2}, "missed": "all", "missed_limit": 7, "max_running": 1, "enabled": false,
            "options": {
                "queue": "sums", "priority": 3, "expires": 60, "time_limit": 20, "soft_time_limit": 10,
                "headers": {"x-own": "y"},
            },
        });
        assert_eq!(Definition::read(&entry.to_value(), Tz::UTC).expect("sound").to_value(), expected);
    }

    #[test]
    fn all_mistakes_are_found() {
        let entry = Periodic::new("").timezone("Mars/Base").priority(12).max_running(0);
        let fields: Vec<String> = entry.mistakes("").into_iter().map(|mistake| mistake.field).collect();
        assert_eq!(fields, ["name", "task", "timezone", "schedule", "options.priority", "max_running"]);
    }
}
