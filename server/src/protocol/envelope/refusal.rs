//! What is wrong with a message that cannot be run, in a sentence. Where Celery logs a sentence of its own for the
//! case, it is that one; where Celery stops or loops for ever, it is a refusal like any other.

use super::{Accept, Arrived, Parts, arrive};
use crate::protocol::{Headers, TaskId, repr, time};
use serde_json::Value;
use serde_json::value::RawValue;

/// Why a message cannot be run. It should be logged, counted and removed.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// One sentence.
    pub reason: String,
    /// The task it names, if it does.
    pub task: Option<String>,
    /// Its id, if it has one.
    pub id: Option<TaskId>,
}

/// A name longer than this is not one, and is not repeated in a log.
const LONGEST_NAME: usize = 1024;

const UNKNOWN: &str = "Received and deleted unknown message. Wrong destination?!?";

impl Refusal {
    pub(super) fn of(reason: String, headers: &Headers) -> Self {
        Self { reason, task: named(&headers.task), id: named(headers.id.as_str()).map(TaskId::from) }
    }

    fn nameless(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), task: None, id: None }
    }
}

fn named(text: &str) -> Option<String> {
    (text.len() <= LONGEST_NAME).then(|| text.to_owned())
}

/// Reads an envelope that was not sound at first sight: it may still be, or is refused with the reason.
pub(super) fn second_look(raw: &[u8], queue: &str, accept: &Accept) -> Result<Arrived, Refusal> {
    let parts = match serde_json::from_slice::<Parts<'_, &RawValue>>(raw) {
        Ok(parts) => parts,
        Err(error) => {
            let reason = format!("Received invalid task message: it is not an envelope: {error}");
            return Err(Refusal::nameless(reason));
        }
    };
    let Parts { content, headers, properties } = parts;
    match serde_json::from_str(headers.get()) {
        Ok(headers) => arrive(Parts { content, headers, properties }, queue, accept),
        Err(error) => Err(judge(headers, &error)),
    }
}

/// What is wrong with headers that cannot be read.
fn judge(headers: &RawValue, error: &serde_json::Error) -> Refusal {
    let Ok(Value::Object(headers)) = serde_json::from_str(headers.get()) else {
        return Refusal::nameless(UNKNOWN);
    };
    let text = |name: &str| headers.get(name).and_then(Value::as_str);
    if !headers.contains_key("task") {
        return Refusal::nameless(UNKNOWN);
    }
    let no_moment = |name: &str| {
        headers.get(name).filter(|value| value.as_str().is_none_or(|text| time::parse(text).is_none()))
    };
    let why = if text("task").is_none() {
        "its header task is not text".to_owned()
    } else if text("id").is_none() {
        "its header id is missing, or not text".to_owned()
    } else if let Some(wrong) = no_moment("eta").filter(|value| !value.is_null()) {
        format!("invalid ETA value {}: not a moment in ISO 8601", repr::repr(wrong))
    } else if let Some(wrong) = no_moment("expires").filter(|value| !value.is_null()) {
        format!("invalid expires value {}: not a moment in ISO 8601", repr::repr(wrong))
    } else {
        format!("its headers cannot be read: {error}")
    };
    Refusal {
        reason: format!("Received invalid task message: {why}"),
        task: text("task").and_then(named),
        id: text("id").and_then(named).map(TaskId::from),
    }
}
