//! Binds one call. The order of the checks is CPython's, so that the same wrong call gets the same sentence.

use super::arguments::{ByName, ByPlace};
use super::error::BindError;
use super::refuse::no_list_of_arguments;
use super::signature::Signature;
use serde::de::{Deserializer, Visitor};
use serde_json::{Map, Value};

/// A call as serde deserialises it.
pub(super) struct Binder<'a> {
    pub(super) args: Vec<Value>,
    pub(super) kwargs: Map<String, Value>,
    pub(super) signature: &'a Signature,
}

impl Binder<'_> {
    /// Every keyword must be a field no positional argument has filled already.
    fn check_keywords(&self, fields: &[&'static str]) -> Result<(), BindError> {
        for keyword in self.kwargs.keys() {
            match fields.iter().position(|field| field == keyword) {
                None => return Err(BindError::Unexpected(keyword.clone())),
                Some(place) if place < self.args.len() => return Err(BindError::Multiple(fields[place])),
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn check_count(&self, least: usize, most: usize) -> Result<(), BindError> {
        match self.args.len() {
            given if given > most => Err(BindError::TooMany { least, most, given }),
            _ => Ok(()),
        }
    }

    fn required(&self, fields: &[&'static str]) -> usize {
        fields.iter().filter(|name| self.signature.requires(name)).count()
    }

    /// The fields this call leaves out although they are required. Empty for nearly every call.
    fn missing(&self, fields: &[&'static str]) -> Vec<&'static str> {
        let later = fields.iter().skip(self.args.len()).copied();
        later.filter(|name| self.signature.requires(name) && !self.kwargs.contains_key(*name)).collect()
    }
}

impl<'de> Deserializer<'de> for Binder<'_> {
    type Error = BindError;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, BindError> {
        self.check_keywords(fields)?;
        if self.args.len() > fields.len() {
            self.check_count(self.required(fields), fields.len())?;
        }
        let names = self.missing(fields);
        if !names.is_empty() {
            return Err(BindError::Missing { kind: "positional", names });
        }
        visitor.visit_map(ByName::new(fields, self.args, self.kwargs))
    }

    /// Structs with a flattened part, and maps: a name is all they know an argument by.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        self.check_count(0, 0)?;
        visitor.visit_map(ByName::new(&[], self.args, self.kwargs)).map_err(|error| match error {
            BindError::MissingField(name) => BindError::Missing { kind: "keyword-only", names: vec![name] },
            other => other,
        })
    }

    /// Enums that look at what they get: keywords are the only shape that has something to look at.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, BindError> {
        self.check_keywords(&[])?;
        self.check_count(length, length)?;
        let given = self.args.len();
        visitor.visit_seq(ByPlace::new(self.args)).map_err(|error| match error {
            BindError::TooShort => BindError::TooMany { least: length, most: length, given },
            other => other,
        })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        self.check_keywords(&[])?;
        visitor.visit_seq(ByPlace::new(self.args))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        self.check_keywords(&[])?;
        self.check_count(0, 0)?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        visitor.visit_newtype_struct(self)
    }

    no_list_of_arguments!();
}
