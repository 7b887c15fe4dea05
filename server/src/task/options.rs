//! What an author says about a task beside its code.

use super::rate::{Rate, RateError};
use serde_json::Value;
use std::time::Duration;

/// The options of one task, with Celery's names and, where it matters, safer defaults: a task is acknowledged
/// after it ran, and its start is stored.
///
/// Workers act on `max_retries`, `retry_delay`, `rate_limit`, both time limits and `ignore_result`. The others are
/// checked, kept with the task and can be read from it, and say so where they are declared.
///
/// ```
/// use umbel::task::TaskOptions;
/// let options = TaskOptions::default().queue("net").max_retries(5).rate_limit("10/m");
/// assert_eq!(options.queue.as_deref(), Some("net"));
/// assert_eq!(options.max_retries, Some(5));
/// assert_eq!(options.max_retries(None).max_retries, None, "without end");
/// ```
#[derive(Clone, Debug)]
pub struct TaskOptions {
    /// The queue it belongs in. Kept; a sender still has to name it.
    pub queue: Option<String>,
    /// Its priority: 0 is the most urgent, 9 the least. Kept; a sender still has to name it.
    pub priority: Option<u8>,
    /// How often it may ask to be run again. `None` is without end.
    pub max_retries: Option<u32>,
    /// How long a retry waits that does not say so itself.
    pub retry_delay: Duration,
    /// How many may start in a time, on each worker. They start evenly spaced: `10/m` is one every six seconds.
    pub rate_limit: Option<Rate>,
    /// After this time it is asked to stop, and fails if it does not listen for that
    /// ([`Context::soft_limit_reached`](super::Context::soft_limit_reached)). A message can bring a limit of its own.
    pub soft_time_limit: Option<Duration>,
    /// After this time it is stopped, and fails. A message can bring a limit of its own.
    pub time_limit: Option<Duration>,
    /// Whether its message is acknowledged after it ran, so that a lost worker loses no task, or before. Kept;
    /// workers acknowledge after it in any case so far.
    pub acks_late: bool,
    /// Whether its result is not worth keeping.
    pub ignore_result: bool,
    /// Whether its start is stored as state STARTED. Kept; workers do not look at it yet.
    pub track_started: bool,
    pub(super) summary: Option<String>,
    pub(super) example: Option<Value>,
    /// A rate that could not be read. It is reported with all other problems of the registration.
    pub(super) wrong_rate: Option<RateError>,
}

impl Default for TaskOptions {
    fn default() -> Self {
        Self {
            queue: None,
            priority: None,
            max_retries: Some(3),
            retry_delay: Duration::from_secs(180),
            rate_limit: None,
            soft_time_limit: None,
            time_limit: None,
            acks_late: true,
            ignore_result: false,
            track_started: true,
            summary: None,
            example: None,
            wrong_rate: None,
        }
    }
}

impl TaskOptions {
    pub fn queue(mut self, name: impl Into<String>) -> Self {
        self.queue = Some(name.into());
        self
    }

    pub fn priority(mut self, priority: u8) -> Self {
        self.priority = Some(priority);
        self
    }

    /// A number, or `None` for without end.
    pub fn max_retries(mut self, most: impl Into<Option<u32>>) -> Self {
        self.max_retries = most.into();
        self
    }

    pub fn retry_delay(mut self, delay: Duration) -> Self {
        self.retry_delay = delay;
        self
    }

    /// `"10/m"`, `"5/s"`, `"100/h"`, or a number per second. What it cannot read is an error of the registration.
    pub fn rate_limit(mut self, rate: &str) -> Self {
        match Rate::parse(rate) {
            Ok(rate) => (self.rate_limit, self.wrong_rate) = (rate, None),
            Err(error) => self.wrong_rate = Some(error),
        }
        self
    }

    pub fn soft_time_limit(mut self, limit: Duration) -> Self {
        self.soft_time_limit = Some(limit);
        self
    }

    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    pub fn acks_late(mut self, late: bool) -> Self {
        self.acks_late = late;
        self
    }

    pub fn ignore_result(mut self, ignore: bool) -> Self {
        self.ignore_result = ignore;
        self
    }

    pub fn track_started(mut self, track: bool) -> Self {
        self.track_started = track;
        self
    }

    /// One sentence that says what the task does, for people who are about to send it.
    pub fn summary(mut self, sentence: impl Into<String>) -> Self {
        self.summary = Some(sentence.into());
        self
    }

    /// Arguments the form starts with: an object of keywords or a list of positional ones.
    pub fn example(mut self, arguments: Value) -> Self {
        self.example = Some(arguments);
        self
    }
}
