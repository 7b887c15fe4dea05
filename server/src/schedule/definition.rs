//! An entry as it is written: in a file, in code, in a form.

use super::{Schedule, Tz};
use crate::client::Send;
use serde_json::{Map, Value};

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

/// Celery's `options`, as far as they mean something on Redis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {}

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

/// Something that is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands: `task`, `schedule`, `schedule.minute`, `timezone`, `args`, `options.priority`.
    pub field: String,
    /// What is wrong and what would be right, without the field's name in front: "is empty".
    pub sentence: String,
}

impl Definition {
    /// Reads an entry. All mistakes are told at once. Without a zone of its own it is in this one.
    pub fn read(value: &Value, zone: Tz) -> Result<Self, Vec<Mistake>> {
        let _ = (value, zone);
        todo!()
    }

    /// The entry as it is written, its zone included.
    pub fn to_value(&self) -> Value {
        todo!()
    }

    /// The task of one occurrence, its `expires` and `countdown` counted from `now` on.
    pub fn to_send(&self, now: chrono::DateTime<chrono::Utc>) -> Send {
        let _ = now;
        todo!()
    }
}
