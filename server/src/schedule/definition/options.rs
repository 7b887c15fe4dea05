//! Celery's `options` of an entry.

use super::mistake::{Mistakes, at, seconds};
use super::when;
use crate::client::SendOptions;
use crate::protocol::{headers, time};
use crate::schedule::Tz;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

const KNOWN: &[&str] = &[
    "queue",
    "routing_key",
    "priority",
    "expires",
    "countdown",
    "time_limit",
    "soft_time_limit",
    "headers",
    "shadow",
    "ignore_result",
    "retry",
    "retry_policy",
    "exchange",
    "exchange_type",
    "delivery_mode",
    "serializer",
    "compression",
    "eta",
    "task_id",
    "link",
    "link_error",
];
const MOST_HEADERS: usize = 64;
const HEADER_BYTES: usize = 16 << 10;
const TEN_YEARS: TimeDelta = TimeDelta::days(3660);

/// Celery's `options`, as far as they mean something on Redis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    pub queue: Option<String>,
    /// 0 is the most urgent, 9 the least.
    pub priority: Option<u8>,
    pub expires: Option<Expires>,
    /// How long the task waits after it was sent.
    pub countdown: Option<TimeDelta>,
    pub time_limit: Option<TimeDelta>,
    pub soft_time_limit: Option<TimeDelta>,
    pub headers: Map<String, Value>,
    /// The name it is shown under.
    pub shadow: Option<String>,
    pub ignore_result: Option<bool>,
}

/// When a task is not worth running any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expires {
    /// So long after it was sent.
    After(TimeDelta),
    At(DateTime<Utc>),
}

impl Options {
    pub(super) fn read(value: &Value, zone: Tz, mistakes: &mut Mistakes) -> Self {
        let mut options = Self::default();
        let Some(map) = mistakes.object("options", value) else { return options };
        mistakes.unknown("options", map, KNOWN);
        for (key, value) in map.iter().filter(|(_, value)| !value.is_null()) {
            options.take(key, value, zone, mistakes);
        }
        if let (Some(queue), Some(Value::String(key))) = (map.get("queue"), map.get("routing_key"))
            && queue.as_str().is_some_and(|queue| queue != key)
        {
            mistakes.add("options.routing_key", "is another queue than queue; leave one of them out");
        }
        if options.time_limit.zip(options.soft_time_limit).is_some_and(|(hard, soft)| soft > hard) {
            mistakes
                .add("options.soft_time_limit", "is longer than time_limit, so it would never be reached");
        }
        options
    }

    fn take(&mut self, key: &str, value: &Value, zone: Tz, mistakes: &mut Mistakes) {
        let field = at("options", key);
        match key {
            // On Redis a routing key is the name of a queue.
            "queue" | "routing_key" => self.queue = mistakes.name(&field, value).or(self.queue.take()),
            "priority" => {
                self.priority =
                    mistakes.whole(&field, value, 0, 9).and_then(|number| u8::try_from(number).ok());
            }
            "expires" => self.expires = expires(&field, value, zone, mistakes),
            "countdown" => match value.as_f64() {
                Some(0.0) => {}
                _ => {
                    self.countdown = mistakes.seconds(&field, value);
                    if self.countdown.is_some_and(|countdown| countdown > TEN_YEARS) {
                        mistakes.add(&field, "must be ten years at most, in seconds");
                    }
                }
            },
            "time_limit" => self.time_limit = mistakes.seconds(&field, value),
            "soft_time_limit" => self.soft_time_limit = mistakes.seconds(&field, value),
            "headers" => self.headers = own_headers(value, mistakes),
            "shadow" => self.shadow = mistakes.name(&field, value),
            "ignore_result" => self.ignore_result = mistakes.boolean(&field, value),
            _ => {
                if let Some(sentence) = refusal(key, value) {
                    mistakes.add(&field, sentence);
                }
            }
        }
    }

    /// As they are written; empty when there are none.
    pub(super) fn to_value(&self) -> Map<String, Value> {
        let expires = self.expires.map(|expires| match expires {
            Expires::After(length) => seconds(length),
            Expires::At(moment) => json!(time::format(moment)),
        });
        let written = [
            ("queue", self.queue.as_ref().map(|queue| json!(queue))),
            ("priority", self.priority.map(Value::from)),
            ("expires", expires),
            ("countdown", self.countdown.map(seconds)),
            ("time_limit", self.time_limit.map(seconds)),
            ("soft_time_limit", self.soft_time_limit.map(seconds)),
            ("headers", (!self.headers.is_empty()).then(|| json!(self.headers))),
            ("shadow", self.shadow.as_ref().map(|shadow| json!(shadow))),
            ("ignore_result", self.ignore_result.map(Value::from)),
        ];
        written.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    pub(super) fn to_send(&self, now: DateTime<Utc>) -> SendOptions {
        SendOptions {
            queue: self.queue.clone(),
            priority: self.priority,
            countdown: self.countdown.and_then(|countdown| countdown.to_std().ok()),
            expires: self.expires.and_then(|expires| match expires {
                Expires::After(length) => now.checked_add_signed(length),
                Expires::At(moment) => Some(moment),
            }),
            time_limit: self.time_limit.map(|limit| limit.as_seconds_f64()),
            soft_time_limit: self.soft_time_limit.map(|limit| limit.as_seconds_f64()),
            headers: self.headers.clone(),
            shadow: self.shadow.clone(),
            ignore_result: self.ignore_result,
            ..SendOptions::default()
        }
    }
}

fn expires(field: &str, value: &Value, zone: Tz, mistakes: &mut Mistakes) -> Option<Expires> {
    match value {
        Value::String(text) => {
            let moment = when::moment(text, zone);
            if moment.is_none() {
                mistakes.add(field, "must be a number of seconds or a moment such as 2026-12-01T09:00:00");
            }
            moment.map(Expires::At)
        }
        _ => mistakes.seconds(field, value).map(Expires::After),
    }
}

fn own_headers(value: &Value, mistakes: &mut Mistakes) -> Map<String, Value> {
    const FIELD: &str = "options.headers";
    let Some(map) = mistakes.object(FIELD, value) else { return Map::new() };
    if map.len() > MOST_HEADERS {
        mistakes.add(FIELD, format!("has {} headers, but at most {MOST_HEADERS} are possible", map.len()));
        return Map::new();
    }
    mistakes.bounded(FIELD, value, HEADER_BYTES);
    for name in map.keys() {
        if headers::NAMES.contains(&name.as_str()) {
            let sentence = format!("has {name} in it, which Umbel writes itself; leave it out");
            mistakes.add(FIELD, sentence);
        } else if mistakes.name(FIELD, &json!(name)).is_none() {
            break;
        }
    }
    map.clone()
}

/// Why an option cannot be obeyed. Those that change nothing here are passed over.
fn refusal(key: &str, value: &Value) -> Option<&'static str> {
    match (key, value) {
        // Publishing is tried again in any case, and messages are always kept on the disk.
        ("retry" | "retry_policy" | "delivery_mode" | "exchange_type", _) => None,
        ("exchange", Value::String(name)) if name.is_empty() => None,
        ("exchange", _) => {
            Some("is not possible: tasks go to queues by their names here; give queue instead")
        }
        ("serializer", Value::String(name)) if name == "json" => None,
        ("serializer", _) => Some("must be json, the only one Umbel writes"),
        ("compression", _) => Some("is not possible: Umbel writes bodies as they are; leave it out"),
        ("eta", _) => Some("is one moment for all occurrences; give countdown, or a schedule with at"),
        ("task_id", _) => Some("is not possible: each occurrence has an id of its own"),
        ("link" | "link_error", _) => {
            Some("is not possible in an entry; schedule a task that sends what is to follow")
        }
        _ => None,
    }
}
