//! A call's arguments as serde walks over them: by name for a struct, by position for a tuple.

use super::error::BindError;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess};
use serde_json::{Map, Value, map};
use std::borrow::Cow;
use std::{slice, vec};

/// Positional arguments under the names of their fields, then the keywords.
pub(super) struct ByName {
    positional: std::iter::Zip<slice::Iter<'static, &'static str>, vec::IntoIter<Value>>,
    keywords: map::IntoIter,
    /// The argument whose name was just asked for.
    current: Option<(Cow<'static, str>, Value)>,
}

impl ByName {
    pub(super) fn new(fields: &'static [&'static str], args: Vec<Value>, kwargs: Map<String, Value>) -> Self {
        Self { positional: fields.iter().zip(args), keywords: kwargs.into_iter(), current: None }
    }

    fn advance(&mut self) -> Option<(Cow<'static, str>, Value)> {
        let positional = self.positional.next().map(|(name, value)| (Cow::Borrowed(*name), value));
        positional.or_else(|| self.keywords.next().map(|(name, value)| (Cow::Owned(name), value)))
    }
}

impl<'de> MapAccess<'de> for ByName {
    type Error = BindError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, BindError> {
        self.current = self.advance();
        match &self.current {
            Some((name, _)) => seed.deserialize(StrDeserializer::new(name)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, BindError> {
        let Some((name, value)) = self.current.take() else {
            return Err(BindError::Whole("a value was asked for before its name".to_owned()));
        };
        seed.deserialize(value).map_err(|error| BindError::argument(&format!("'{name}'"), &error))
    }
}

/// Positional arguments without names; they are numbered from one.
pub(super) struct ByPlace {
    args: vec::IntoIter<Value>,
    place: usize,
}

impl ByPlace {
    pub(super) fn new(args: Vec<Value>) -> Self {
        Self { args: args.into_iter(), place: 0 }
    }
}

impl<'de> SeqAccess<'de> for ByPlace {
    type Error = BindError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, BindError> {
        let Some(value) = self.args.next() else {
            return Ok(None);
        };
        self.place += 1;
        let bound = seed.deserialize(value);
        bound.map(Some).map_err(|error| BindError::argument(&self.place.to_string(), &error))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.args.len())
    }
}
