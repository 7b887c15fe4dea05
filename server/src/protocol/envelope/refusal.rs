//! What is wrong with a message that cannot be run, in a sentence. Where Celery logs a sentence of its own for the
//! case, it is that one; where Celery stops or loops for ever, it is a refusal like any other.

use super::protocol1::{self, Misread};
use super::{Accept, Arrived, COMPRESSION, Parts, REDELIVERED, arrive, arrived};
use crate::protocol::{Headers, TaskId, lenient, repr, time};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

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
/// In characters. Errors repeat what they did not expect, which may be a whole book.
const LONGEST_REASON: usize = 1024;

const UNKNOWN: &str = "Received and deleted unknown message. Wrong destination?!?";

impl Refusal {
    pub(super) fn of(reason: String, headers: &Headers) -> Self {
        Self::new(reason, Some(&headers.task), Some(headers.id.as_str()))
    }

    fn new(mut reason: String, task: Option<&str>, id: Option<&str>) -> Self {
        if let Some((end, _)) = reason.char_indices().nth(LONGEST_REASON) {
            reason.truncate(end);
            reason.push_str("...");
        }
        let named = |name: &&str| name.len() <= LONGEST_NAME;
        Self { reason, task: task.filter(named).map(str::to_owned), id: id.filter(named).map(TaskId::from) }
    }

    pub(super) fn no_envelope(error: &serde_json::Error) -> Self {
        Self::nameless(invalid(format_args!("it is not an envelope: {error}")))
    }

    fn nameless(reason: impl Into<String>) -> Self {
        Self::new(reason.into(), None, None)
    }
}

/// Reads an envelope that was not sound at first sight. It may still be one: of protocol 1, or with something in it
/// that only Python takes for JSON. Otherwise it is refused with the reason.
pub(super) fn second_look(raw: &[u8], queue: &str, accept: &Accept) -> Result<Arrived, Refusal> {
    let mended = lenient::mend(raw);
    let parts = match serde_json::from_slice::<Parts<'_, &RawValue>>(&mended) {
        Ok(parts) => parts,
        Err(error) => return Err(Refusal::no_envelope(&error)),
    };
    let Parts { content, headers, properties } = parts;
    let error = match serde_json::from_str(headers.get()) {
        Ok(headers) => return arrive(Parts { content, headers, properties }, queue, accept),
        Err(error) => error,
    };
    match serde_json::from_str(headers.get()) {
        Ok(Value::Object(own)) if !own.contains_key("task") => {
            first_protocol(Parts { content, headers: own, properties }, queue, accept)
        }
        Ok(Value::Object(all)) => {
            Err(Refusal::new(invalid(why(&all, &error)), text(&all, "task"), text(&all, "id")))
        }
        _ => Err(Refusal::nameless(UNKNOWN)),
    }
}

fn first_protocol(
    parts: Parts<'_, Map<String, Value>>,
    queue: &str,
    accept: &Accept,
) -> Result<Arrived, Refusal> {
    let Parts { content, headers: mut own, properties } = parts;
    let flag = own.remove(REDELIVERED);
    let compression = own.remove(COMPRESSION);
    let body = content.checked(compression.as_ref(), properties.body_encoding.as_deref(), accept);
    match protocol1::read(&body.map_err(Refusal::nameless)?, own) {
        Ok((headers, body)) => Ok(arrived(headers, body, &properties, flag, queue)),
        Err(Misread::NoTask) => Err(Refusal::nameless(UNKNOWN)),
        Err(Misread::Wrong { reason, task, id }) => {
            Err(Refusal::new(invalid(reason), task.as_deref(), id.as_deref()))
        }
    }
}

fn invalid(why: impl std::fmt::Display) -> String {
    format!("Received invalid task message: {why}")
}

fn text<'a>(headers: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(Value::as_str)
}

/// What is wrong with headers that cannot be read.
pub(super) fn why(headers: &Map<String, Value>, error: &serde_json::Error) -> String {
    let no_moment = |name: &str| {
        let value = headers.get(name).filter(|value| !value.is_null())?;
        value.as_str().is_none_or(|text| time::parse(text).is_none()).then(|| repr::repr(value))
    };
    if text(headers, "task").is_none() {
        "its header task is not text".to_owned()
    } else if text(headers, "id").is_none() {
        "its header id is missing, or not text".to_owned()
    } else if let Some(wrong) = no_moment("eta") {
        format!("invalid ETA value {wrong}: not a moment in ISO 8601")
    } else if let Some(wrong) = no_moment("expires") {
        format!("invalid expires value {wrong}: not a moment in ISO 8601")
    } else {
        format!("its headers cannot be read: {error}")
    }
}
