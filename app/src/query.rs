//! The address bar as the state of a list: text to [`TaskQuery`] and back.
//!
//! The URL is the only place a list's filter, order and page live, so that sharing, reloading and going back
//! all work. Unknown words are ignored: an old link must open, not fail. A relative time ("the last hour")
//! stays relative in the URL and becomes a moment only on the server, whose clock the tasks were stamped by.

mod schedules;

pub use schedules::{ORDERS, STANDINGS, parse_schedules, schedule_href, schedules_href};

use crate::format::{iso, parse_iso};
use crate::view::{Cursor, Millis, TaskFilter, TaskRow, TaskSort, TaskState};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// The most rows one page may be asked to have.
pub const MOST_ROWS: u32 = 500;

/// The state of the list of tasks, as it stands in its URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct TaskQuery {
    pub states: Vec<TaskState>,
    pub name: Option<String>,
    pub queue: Option<String>,
    pub worker: Option<String>,
    pub since: Option<When>,
    pub until: Option<When>,
    pub sort: TaskSort,
    pub after: Option<Cursor>,
    pub before: Option<Cursor>,
    pub limit: u32,
}

/// A moment in a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    At(Millis),
    /// So many of a unit before now.
    Ago(u32, Unit),
}

/// What a relative time is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Second,
    Minute,
    Hour,
    Day,
}

impl Unit {
    const ALL: [Self; 4] = [Self::Second, Self::Minute, Self::Hour, Self::Day];

    fn letter(self) -> char {
        match self {
            Self::Second => 's',
            Self::Minute => 'm',
            Self::Hour => 'h',
            Self::Day => 'd',
        }
    }

    fn millis(self) -> i64 {
        match self {
            Self::Second => 1_000,
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }
}

impl When {
    /// Reads `24h`, ISO 8601, or the value of a `datetime-local` input.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(last) = text.chars().last()
            && let Some(unit) = Unit::ALL.into_iter().find(|unit| unit.letter() == last)
            && let Some(count) = text.strip_suffix(last).and_then(whole)
        {
            return Some(Self::Ago(count, unit));
        }
        parse_iso(text).map(Self::At)
    }

    /// The moment it means at `now`.
    pub fn at(self, now: Millis) -> Millis {
        match self {
            Self::At(at) => at,
            Self::Ago(count, unit) => now - i64::from(count) * unit.millis(),
        }
    }
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::At(at) => f.write_str(&iso(*at)),
            Self::Ago(count, unit) => write!(f, "{count}{}", unit.letter()),
        }
    }
}

impl TaskQuery {
    /// Reads a query string, with or without its question mark.
    pub fn parse(search: &str) -> Self {
        let mut query = Self::default();
        for pair in search.trim_start_matches('?').split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            query.take(&decode(key), decode(value));
        }
        // A place is after one row or before another; a link with both means the first.
        if query.after.is_some() {
            query.before = None;
        }
        query
    }

    fn take(&mut self, key: &str, value: String) {
        let text = || Some(value.trim().to_owned()).filter(|text| !text.is_empty());
        match key {
            "state" => {
                for state in value.split(',').filter_map(|word| TaskState::parse(word.trim())) {
                    if !self.states.contains(&state) {
                        self.states.push(state);
                    }
                }
            }
            "name" => self.name = text(),
            "queue" => self.queue = text(),
            "worker" => self.worker = text(),
            "since" => self.since = When::parse(&value),
            "until" => self.until = When::parse(&value),
            "sort" => self.sort = parse_sort(&value).unwrap_or_default(),
            "after" => self.after = text().map(Cursor),
            "before" => self.before = text().map(Cursor),
            "limit" => self.limit = whole(&value).unwrap_or_default(),
            _ => {}
        }
    }

    /// The query string without a question mark; empty for the plain list. Reading it back gives `self`.
    pub fn to_search(&self) -> String {
        let mut search = String::new();
        let mut put = |key: &str, value: &str| {
            let and = if search.is_empty() { "" } else { "&" };
            // Writing to a String cannot fail.
            let _ = write!(search, "{and}{key}={}", encode(value));
        };
        if !self.states.is_empty() {
            let words: Vec<_> = self.states.iter().map(|state| state.as_str()).collect();
            put("state", &words.join(","));
        }
        for (key, value) in [("name", &self.name), ("queue", &self.queue), ("worker", &self.worker)] {
            if let Some(value) = value {
                put(key, value);
            }
        }
        for (key, value) in [("since", self.since), ("until", self.until)] {
            if let Some(value) = value {
                put(key, &value.to_string());
            }
        }
        if self.sort != TaskSort::default() {
            put("sort", sort_word(self.sort));
        }
        for (key, value) in [("after", &self.after), ("before", &self.before)] {
            if let Some(Cursor(value)) = value {
                put(key, value);
            }
        }
        if self.limit != 0 {
            put("limit", &self.limit.to_string());
        }
        search
    }

    /// The address of the list in this state.
    pub fn href(&self) -> String {
        match self.to_search() {
            search if search.is_empty() => "/tasks".to_owned(),
            search => format!("/tasks?{search}"),
        }
    }

    /// What to ask the store for, at `now`.
    pub fn to_filter(&self, now: Millis) -> TaskFilter {
        TaskFilter {
            states: self.states.clone(),
            name: self.name.clone(),
            queue: self.queue.clone(),
            worker: self.worker.clone(),
            since: self.since.map(|when| when.at(now)),
            until: self.until.map(|when| when.at(now)),
            sort: self.sort,
            after: self.after.clone(),
            before: self.before.clone(),
            limit: self.limit.min(MOST_ROWS),
        }
    }

    /// Whether anything narrows the list.
    pub fn is_filtered(&self) -> bool {
        !(self.states.is_empty()
            && self.name.is_none()
            && self.queue.is_none()
            && self.worker.is_none()
            && self.since.is_none()
            && self.until.is_none())
    }

    /// Whether this is the newest page in the usual order, where a new task belongs on top.
    pub fn is_newest_page(&self) -> bool {
        self.sort == TaskSort::Newest && self.after.is_none() && self.before.is_none()
    }

    /// Whether a task seen at `now` belongs into this list. The same tests as the store's, for what streams in.
    pub fn admits(&self, row: &TaskRow, now: Millis) -> bool {
        let fits = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| found == Some(wanted))
        };
        (self.states.is_empty() || self.states.contains(&row.state))
            && fits(&self.name, Some(&row.name))
            && fits(&self.queue, row.queue.as_deref())
            && fits(&self.worker, row.worker.as_deref())
            && self.since.is_none_or(|since| row.created_at >= since.at(now))
            && self.until.is_none_or(|until| row.created_at < until.at(now))
    }

    /// The same list from its beginning; what every change of filter or order leads to.
    pub fn first_page(mut self) -> Self {
        self.after = None;
        self.before = None;
        self
    }
}

impl From<TaskQuery> for String {
    fn from(query: TaskQuery) -> Self {
        query.to_search()
    }
}

impl From<String> for TaskQuery {
    fn from(search: String) -> Self {
        Self::parse(&search)
    }
}

/// The word of an order, as it stands in the URL.
pub fn sort_word(sort: TaskSort) -> &'static str {
    match sort {
        TaskSort::Newest => "newest",
        TaskSort::Oldest => "oldest",
        TaskSort::Slowest => "slowest",
        TaskSort::Fastest => "fastest",
    }
}

fn parse_sort(word: &str) -> Option<TaskSort> {
    [TaskSort::Newest, TaskSort::Oldest, TaskSort::Slowest, TaskSort::Fastest]
        .into_iter()
        .find(|sort| sort_word(*sort).eq_ignore_ascii_case(word.trim()))
}

/// A plain number: figures only, so that `+5` and `5.0` are not numbers here.
fn whole(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Writes a value so that it survives a query string: every byte outside the unreserved set, the comma and the
/// colon as a percent escape.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~,:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The page of a queue. Names come from outside, so every unusual byte is escaped.
pub fn queue_href(name: &str) -> String {
    format!("/queues/{}", encode(name))
}

/// The page of a worker.
pub fn worker_href(name: &str) -> String {
    format!("/workers/{}", encode(name))
}

/// Reads a value out of a query string: `+` is a blank, a broken escape stands for itself, and bytes that are
/// not UTF-8 are replaced.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = bytes.get(at + 1..at + 3).filter(|_| byte == b'%').and_then(hex);
        at += if escaped.is_some() { 3 } else { 1 };
        out.push(escaped.unwrap_or(if byte == b'+' { b' ' } else { byte }));
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?)
}

#[cfg(test)]
mod tests;
