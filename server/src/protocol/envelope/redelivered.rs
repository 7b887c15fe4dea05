//! The mark of a message that is handed out again, set in its envelope without touching anything else in it.

use crate::protocol::lenient;
use crate::protocol::text::Text;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;
use std::fmt;

/// The same envelope, marked as redelivered where Celery marks it: among the headers and in the delivery info.
/// Something that is no envelope comes back as it is.
pub fn as_redelivered(raw: &[u8]) -> Vec<u8> {
    marked(raw).or_else(|_| marked(&lenient::mend(raw))).unwrap_or_else(|_| raw.to_vec())
}

fn marked(raw: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    let mut envelope: Fields<'_> = serde_json::from_str(lenient::text(raw)?)?;
    envelope.change("headers", |headers| headers.flag())?;
    envelope.change("properties", |properties| properties.change("delivery_info", |info| info.flag()))?;
    serde_json::to_vec(&envelope)
}

/// An object's fields in their order, with values that are not looked into.
#[derive(Default)]
struct Fields<'a>(Vec<(Cow<'a, str>, Cow<'a, RawValue>)>);

impl<'a> Fields<'a> {
    fn set(&mut self, name: &'static str, value: Box<RawValue>) {
        let value = Cow::Owned(value);
        match self.0.iter_mut().rev().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((Cow::Borrowed(name), value)),
        }
    }

    fn flag(&mut self) -> Result<(), serde_json::Error> {
        self.set("redelivered", RawValue::TRUE.to_owned());
        Ok(())
    }

    /// Changes the object under a name; null, and one that is not there, count as an empty one.
    fn change(
        &mut self,
        name: &'static str,
        change: impl FnOnce(&mut Fields<'_>) -> Result<(), serde_json::Error>,
    ) -> Result<(), serde_json::Error> {
        let old = self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value);
        let mut fields = match old {
            Some(text) => serde_json::from_str::<Option<Fields<'_>>>(text.get())?.unwrap_or_default(),
            None => Fields::default(),
        };
        change(&mut fields)?;
        let changed = to_raw_value(&fields)?;
        self.set(name, changed);
        Ok(())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsReader)
    }
}

struct FieldsReader;

impl<'de> Visitor<'de> for FieldsReader {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some((Text(key), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            fields.push((key, Cow::Borrowed(value)));
        }
        Ok(Fields(fields))
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, &**value)?;
        }
        map.end()
    }
}
