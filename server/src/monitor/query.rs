//! Which tasks somebody wants to see, and the page that answers.

use crate::store::history::{HistoryError, Phase, TaskRecord};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

pub const DEFAULT_LIMIT: usize = 50;
pub const MAX_LIMIT: usize = 500;

/// A filter, an order and a place in it. The default asks for the newest of all tasks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskQuery {
    /// Empty means any.
    pub phases: Vec<Phase>,
    pub name: Option<String>,
    pub queue: Option<String>,
    pub worker: Option<String>,
    /// Created at or after, in milliseconds.
    pub since: Option<i64>,
    /// Created before.
    pub until: Option<i64>,
    pub sort: Sort,
    pub place: Place,
    /// Rows a page; 0 means [`DEFAULT_LIMIT`], more than [`MAX_LIMIT`] means that.
    pub limit: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Newest,
    Oldest,
    /// Longest runtime first; tasks that never ran are left out.
    Slowest,
    /// Shortest runtime first; tasks that never ran are left out.
    Fastest,
}

/// Which page of the sorted list.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Place {
    #[default]
    Start,
    After(Cursor),
    Before(Cursor),
}

/// A row's place in a sorted list: what it is sorted by, then its number. It names a place, not a row, so it stays
/// good when the row itself is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub(crate) key: i64,
    pub(crate) seq: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.key, self.seq)
    }
}

impl FromStr for Cursor {
    type Err = HistoryError;

    fn from_str(text: &str) -> Result<Self, HistoryError> {
        let (key, seq) = text.split_once('.').ok_or(HistoryError::Cursor)?;
        match (key.parse(), seq.parse()) {
            (Ok(key), Ok(seq)) => Ok(Self { key, seq }),
            _ => Err(HistoryError::Cursor),
        }
    }
}

/// One page of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskPage {
    pub tasks: Vec<Arc<TaskRecord>>,
    /// Present when there are rows before the first one.
    pub prev: Option<Cursor>,
    /// Present when there are rows after the last one.
    pub next: Option<Cursor>,
    /// How many rows match.
    pub total: u64,
    /// How many rows there are without any filter.
    pub unfiltered: u64,
    /// The feed's number this page is a picture of.
    pub seq: u64,
    /// The clock the phases were judged by, in milliseconds.
    pub now: i64,
}
