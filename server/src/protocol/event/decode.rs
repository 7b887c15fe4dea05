//! Reads events. The usual list is read in one pass; a list with something strange in it is read again with care, so
//! that what is strange costs the others nothing.

use super::encode::TOLD;
use super::wire::{Read, Wire};
use super::{Event, EventKind};
use crate::protocol::{State, TaskId, envelope, lenient};
use serde::de::IgnoredAny;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// The events of one payload.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoded {
    pub events: Vec<Event>,
    /// Objects in the list that are no events.
    pub malformed: usize,
}

/// Reads what was published on one of the event channels: a list of events, or a single one.
pub fn decode(payload: &[u8]) -> Result<Decoded, String> {
    let (IgnoredAny, body) = envelope::open(payload)?;
    if let Some(events) = at_once(&body) {
        return Ok(Decoded { events, malformed: 0 });
    }
    with_care(&body).or_else(|error| match lenient::mend(body.as_bytes()) {
        Cow::Owned(mended) => lenient::text(&mended).map_err(|_| error).and_then(with_care),
        Cow::Borrowed(_) => Err(error),
    })
}

/// `None` when there is anything that needs care.
fn at_once(body: &str) -> Option<Vec<Event>> {
    let mut events = Vec::new();
    let mut last = None;
    let mut usual = true;
    let mut take = |wire: Wire<'_>| match wire.into_event(&mut last) {
        Read::Known(event) => events.push(event),
        Read::Foreign(_) | Read::Malformed => usual = false,
    };
    each(body, &mut take).ok()?;
    usual.then_some(events)
}

fn with_care(body: &str) -> Result<Decoded, String> {
    let mut decoded = Decoded::default();
    let mut last = None;
    let mut take = |raw: &RawValue| match one(raw, &mut last) {
        Some(event) => decoded.events.push(event),
        None => decoded.malformed += 1,
    };
    each(body, &mut take).map_err(|error| format!("its body is no list of events: {error}"))?;
    Ok(decoded)
}

/// One event of any type.
fn one(raw: &RawValue, last: &mut Option<Arc<str>>) -> Option<Event> {
    let mended = lenient::mend(raw.get().as_bytes());
    let text = lenient::text(&mended).ok()?;
    match serde_json::from_str::<Wire<'_>>(text).ok()?.into_event(last) {
        Read::Known(event) => Some(event),
        Read::Foreign(event) => foreign(event, serde_json::from_str(text).ok()?),
        Read::Malformed => None,
    }
}

/// Fields every event has; what is left of them are the fields of its type.
const COMMON: [&str; 6] = ["hostname", "utcoffset", "pid", "clock", "timestamp", "type"];

/// An event of a type we have no fields for. Celery reads `task-<word>` as a task's state; ours carry it in a field.
fn foreign(mut event: Event, mut fields: Map<String, Value>) -> Option<Event> {
    for name in COMMON {
        fields.remove(name);
    }
    let EventKind::Other { kind, .. } = event.kind else { return None };
    let state = match kind.strip_prefix("task-") {
        None if kind == TOLD => fields.get("umbel_state").and_then(Value::as_str).map(str::to_owned),
        word => word.filter(|word| !word.is_empty()).map(str::to_uppercase),
    };
    event.kind = match (state, fields.get("uuid")) {
        (Some(word), Some(Value::String(uuid))) => {
            let uuid = TaskId::from(uuid.as_str());
            fields.remove("uuid");
            let meta = match kind == TOLD {
                true => fields.remove("umbel_meta").unwrap_or_default(),
                false => Value::Object(fields),
            };
            EventKind::TaskCustom { uuid, state: State::Custom(Arc::from(word)), meta }
        }
        _ => EventKind::Other { kind, fields },
    };
    Some(event)
}

/// Calls `take` with each element of a list, or with the value itself when it is none. Nothing is gathered, so a
/// list of a million crumbs costs no more memory than its text.
fn each<'de, T, F>(body: &'de str, take: &mut F) -> Result<(), serde_json::Error>
where
    T: Deserialize<'de>,
    F: FnMut(T),
{
    let mut json = serde_json::Deserializer::from_str(body);
    if body.trim_start().starts_with('[') {
        Each { take, element: PhantomData }.deserialize(&mut json)?;
    } else {
        take(T::deserialize(&mut json)?);
    }
    json.end()
}

struct Each<'f, T, F> {
    take: &'f mut F,
    element: PhantomData<T>,
}

impl<'de, T, F> DeserializeSeed<'de> for Each<'_, T, F>
where
    T: Deserialize<'de>,
    F: FnMut(T),
{
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T, F> Visitor<'de> for Each<'_, T, F>
where
    T: Deserialize<'de>,
    F: FnMut(T),
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element()? {
            (self.take)(item);
        }
        Ok(())
    }
}
