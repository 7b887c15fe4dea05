//! What a probe offers to a struct: one name alone, or a guessed value for each name it missed.

use super::error::BindError;
use super::guess::{Asked, Guess};
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, MapAccess};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem;

/// What offering a single name showed.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// Alike for two names exactly if the type takes them for the same field; `None` when it refuses the name.
    pub(super) field: Option<u64>,
    /// A value of about the kind the field asked for.
    pub(super) example: Value,
}

/// Offers one name alone and notes what comes of it.
pub(super) struct Offer<'a> {
    name: &'a str,
    seen: &'a RefCell<Look>,
}

impl<'a> Offer<'a> {
    pub(super) fn new(name: &'a str, seen: &'a RefCell<Look>) -> Self {
        Self { name, seen }
    }
}

impl<'de> MapAccess<'de> for Offer<'_> {
    type Error = BindError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, BindError> {
        let field = seed.deserialize(StrDeserializer::<BindError>::new(self.name))?;
        // The type is private to the derived code, but its discriminant can be told from another's all the same.
        let mut hasher = DefaultHasher::new();
        mem::discriminant(&field).hash(&mut hasher);
        self.seen.borrow_mut().field = Some(hasher.finish());
        Ok(Some(field))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, BindError> {
        let asked = Cell::new(Asked::Unknown);
        let _ = seed.deserialize(Guess::watched(&asked));
        self.seen.borrow_mut().example = asked.get().example();
        Err(BindError::Stop)
    }
}

/// Offers several names, each with a guessed value.
pub(super) struct Given<'a> {
    names: std::slice::Iter<'a, (&'static str, usize)>,
    current: Option<&'a (&'static str, usize)>,
}

impl<'a> Given<'a> {
    pub(super) fn new(given: &'a [(&'static str, usize)]) -> Self {
        Self { names: given.iter(), current: None }
    }
}

impl<'de> MapAccess<'de> for Given<'_> {
    type Error = BindError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, BindError> {
        self.current = self.names.next();
        match self.current {
            Some((name, _)) => seed.deserialize(StrDeserializer::new(name)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, BindError> {
        let Some((name, attempt)) = self.current else {
            return Err(BindError::Stop);
        };
        seed.deserialize(Guess::new(*attempt)).map_err(|error| BindError::argument(name, &error))
    }
}
