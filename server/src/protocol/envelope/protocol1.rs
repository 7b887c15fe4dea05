//! Protocol 1, and messages between the two: the task is told in the body, an object. Celery reads it still, and
//! writes it where it is told to.

use super::refusal;
use crate::protocol::{Headers, lenient, repr};
use bytes::Bytes;
use serde_json::{Map, Value, json};

/// Why a body is not one of protocol 1.
#[derive(Debug, PartialEq)]
pub(super) enum Misread {
    /// It names no task, so it is something else altogether.
    NoTask,
    /// It does, but cannot be run.
    Wrong { reason: String, task: Option<String>, id: Option<String> },
}

/// Headers and body from a message without a header `task`. Its headers are the sender's own.
///
/// A naive moment means UTC, also where the body says `utc: false`: then it is in the sender's time zone, which no
/// message names.
pub(super) fn read(body: &[u8], own: Map<String, Value>) -> Result<(Headers, Bytes), Misread> {
    let Ok(Value::Object(mut fields)) = lenient::from_slice(body) else {
        return Err(Misread::NoTask);
    };
    if !fields.contains_key("task") {
        return Err(Misread::NoTask);
    }
    let name = |field: &str| fields.get(field).and_then(Value::as_str).map(str::to_owned);
    let (task, id) = (name("task"), name("id"));
    let misread = |reason: String| Misread::Wrong { reason, task: task.clone(), id: id.clone() };
    let body = triple(&mut fields).map_err(misread)?;
    if let Some(group) = fields.remove("taskset").filter(|group| !group.is_null()) {
        fields.insert("group".to_owned(), group);
    }
    fields.remove("utc");
    fields.extend(own);
    match serde_json::from_value(Value::Object(fields.clone())) {
        Ok(headers) => Ok((headers, body)),
        Err(error) => Err(misread(refusal::why(&fields, &error))),
    }
}

/// The body of a message with the headers of protocol 2 and an object for a body, as `[args, kwargs, embed]`. What
/// else that object says is said by the headers too, and those count. Any other body comes back as it is.
pub(super) fn of_hybrid(body: Bytes) -> Result<Bytes, String> {
    if !body.trim_ascii_start().starts_with(b"{") {
        return Ok(body);
    }
    match lenient::from_slice(&body) {
        Ok(Value::Object(mut fields)) if fields.contains_key("args") => triple(&mut fields),
        _ => Ok(body),
    }
}

/// Takes arguments and embed out of the fields, and adds how the arguments look.
fn triple(fields: &mut Map<String, Value>) -> Result<Bytes, String> {
    let mut take = |name: &str| fields.remove(name).unwrap_or_default();
    let (args, kwargs) = (take("args"), take("kwargs"));
    let embed = json!({
        "callbacks": take("callbacks"), "errbacks": take("errbacks"), "chain": null, "chord": take("chord"),
    });
    let args = match args {
        Value::Array(args) => args,
        Value::Null => Vec::new(),
        _ => return Err("Task arguments must be a list".to_owned()),
    };
    let kwargs = match kwargs {
        Value::Object(kwargs) => kwargs,
        Value::Null => Map::new(),
        _ => return Err("Task keyword arguments must be a mapping".to_owned()),
    };
    fields.insert("argsrepr".to_owned(), repr::args_repr(&args).into());
    fields.insert("kwargsrepr".to_owned(), repr::kwargs_repr(&kwargs).into());
    Ok(Bytes::from(serde_json::to_vec(&(args, kwargs, embed)).expect("JSON values always serialise")))
}
