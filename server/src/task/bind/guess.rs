//! Made-up values for probing: whatever a type asks for, it is given something of that kind.

use super::error::BindError;
use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde_json::{Value, json};
use std::cell::Cell;
use std::iter;

/// How many guesses there are for one value.
pub(super) const ATTEMPTS: usize = TEXTS.len();
/// A type that holds itself is not followed further than this.
const DEEPEST: usize = 16;

/// Texts that types parse: an empty one, moments, an id, numbers, a letter, addresses.
const TEXTS: &[&str] = &[
    "",
    "2000-01-01T00:00:00Z",
    "00000000-0000-0000-0000-000000000000",
    "1",
    "a",
    "2000-01-01",
    "127.0.0.1",
    "http://localhost/",
    "2000-01-01T00:00:00",
    "00:00:00",
    "127.0.0.1:80",
    "true",
];

/// What kind of value a type asked for first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Asked {
    Unknown,
    Boolean,
    Integer,
    Float,
    Text,
    List,
    Object,
    /// One of an enum's variants; this is the first.
    Variant(&'static str),
}

impl Asked {
    /// A value of this kind.
    pub(super) fn example(self) -> Value {
        match self {
            Self::Unknown => Value::Null,
            Self::Boolean => json!(false),
            Self::Integer => json!(0),
            Self::Float => json!(0.0),
            Self::Text => json!(""),
            Self::List => json!([]),
            Self::Object => json!({}),
            Self::Variant(name) => json!(name),
        }
    }
}

/// A deserializer that makes up what it is asked for.
#[derive(Clone, Copy)]
pub(super) struct Guess<'a> {
    attempt: usize,
    depth: usize,
    asked: Option<&'a Cell<Asked>>,
}

impl<'a> Guess<'a> {
    pub(super) fn new(attempt: usize) -> Self {
        Self { attempt, depth: 0, asked: None }
    }

    /// A first guess that notes what it was asked for.
    pub(super) fn watched(asked: &'a Cell<Asked>) -> Self {
        Self { attempt: 0, depth: 0, asked: Some(asked) }
    }

    fn note(self, asked: Asked) {
        if let Some(cell) = self.asked {
            cell.set(asked);
        }
    }

    /// The guess for what lies inside of this one.
    fn inner(self) -> Result<Self, BindError> {
        if self.depth == DEEPEST {
            return Err(BindError::Stop);
        }
        Ok(Self { depth: self.depth + 1, asked: None, ..self })
    }

    fn text(self) -> &'static str {
        TEXTS[self.attempt % TEXTS.len()]
    }

    fn list<'de, V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, BindError> {
        self.note(Asked::List);
        visitor.visit_seq(SeqDeserializer::new(iter::repeat_n(self.inner()?, length)))
    }

    fn object<'de, V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, BindError> {
        self.note(Asked::Object);
        let inner = self.inner()?;
        visitor.visit_map(MapDeserializer::new(fields.iter().map(|name| (*name, inner))))
    }
}

impl<'de> IntoDeserializer<'de, BindError> for Guess<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! guesses {
    ($($method:ident => $visit:ident($kind:expr, $value:expr);)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
            self.note($kind);
            let value: fn(Self) -> _ = $value;
            visitor.$visit(value(self))
        })*
    };
}

impl<'de> Deserializer<'de> for Guess<'_> {
    type Error = BindError;

    guesses! {
        deserialize_bool => visit_bool(Asked::Boolean, |guess| guess.attempt % 2 == 1);
        deserialize_i8 => visit_u64(Asked::Integer, |guess| guess.attempt as u64);
        deserialize_i16 => visit_u64(Asked::Integer, |guess| guess.attempt as u64);
        deserialize_i32 => visit_u64(Asked::Integer, |guess| guess.attempt as u64);
        deserialize_i64 => visit_u64(Asked::Integer, |guess| guess.attempt as u64);
        deserialize_i128 => visit_u64(Asked::Integer, |guess| guess.attempt as u64);
        deserialize_u8 => visit_u64(Asked::Integer, |guess| guess.attempt as u64);
        deserialize_u16 => visit_u64(Asked::Integer, |guess| guess.attempt as u64);
        deserialize_u32 => visit_u64(Asked::Integer, |guess| guess.attempt as u64);
        deserialize_u64 => visit_u64(Asked::Integer, |guess| guess.attempt as u64);
        deserialize_u128 => visit_u64(Asked::Integer, |guess| guess.attempt as u64);
        deserialize_f32 => visit_f64(Asked::Float, |guess| guess.attempt as f64);
        deserialize_f64 => visit_f64(Asked::Float, |guess| guess.attempt as f64);
        deserialize_char => visit_char(Asked::Text, |_| 'a');
        deserialize_str => visit_str(Asked::Text, Self::text);
        deserialize_string => visit_str(Asked::Text, Self::text);
        deserialize_identifier => visit_str(Asked::Text, Self::text);
        deserialize_bytes => visit_bytes(Asked::List, |_| b"");
        deserialize_byte_buf => visit_bytes(Asked::List, |_| b"");
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        match self.attempt {
            0 => visitor.visit_unit(),
            1 => visitor.visit_u64(1),
            2 => visitor.visit_str(""),
            3 => self.object(&[], visitor),
            4 => self.list(0, visitor),
            _ => visitor.visit_str(self.text()),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_none()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        self.list(self.attempt % 2, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, BindError> {
        self.list(length, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        self.list(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        self.object(&[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, BindError> {
        self.object(fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, BindError> {
        let Some(variant) = variants.get(self.attempt % variants.len().max(1)) else {
            return Err(BindError::Stop);
        };
        self.note(Asked::Variant(variant));
        let content = MapDeserializer::new(iter::once((*variant, self.inner()?)));
        visitor.visit_enum(MapAccessDeserializer::new(content))
    }
}
