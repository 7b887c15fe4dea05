//! Finds out what a type takes by asking it to deserialise from next to nothing and watching what it asks for.
//!
//! One run tells the shape. Then each field is offered alone: two names that lead to the same field are an alias.
//! Which fields are required shows by leaving out all, and then giving a guessed value for each that was missed.

use super::error::BindError;
use super::guess::ATTEMPTS;
use super::offer::{Given, Look, Offer};
use super::refuse::no_list_of_arguments;
use super::signature::{Parameter, Signature, SignatureError};
use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde_json::Value;
use std::cell::RefCell;

/// What `T` takes, or why it cannot be bound.
pub(super) fn signature<T: DeserializeOwned>() -> Result<Signature, SignatureError> {
    let shape = RefCell::new(None);
    if let Err(BindError::Shape(what)) = T::deserialize(Probe(Question::Shape(&shape))) {
        return Err(SignatureError::Shape(what));
    }
    match shape.into_inner().unwrap_or(Shape::Nothing) {
        Shape::Nothing => Ok(Signature::Nothing),
        Shape::Tuple(count) => Ok(Signature::Positional(count)),
        Shape::Sequence => Ok(Signature::Sequence),
        Shape::Keywords => {
            let parameter = |name| Parameter { name, required: true, example: Value::Null };
            Ok(Signature::Keywords(required::<T>().into_iter().map(parameter).collect()))
        }
        Shape::Struct(fields) => {
            let looks: Vec<Look> = fields.iter().map(|name| look::<T>(name)).collect();
            refuse_aliases::<T>(fields, &looks)?;
            let required = required::<T>();
            let parameter = |(name, look): (&&'static str, Look)| Parameter {
                name,
                required: required.contains(name),
                example: look.example,
            };
            Ok(Signature::Named(fields.iter().zip(looks).map(parameter).collect()))
        }
    }
}

/// What a type first asks for.
enum Shape {
    Nothing,
    Struct(&'static [&'static str]),
    Tuple(usize),
    Sequence,
    Keywords,
}

fn look<T: DeserializeOwned>(name: &str) -> Look {
    let seen = RefCell::new(Look::default());
    let _ = T::deserialize(Probe(Question::Field(name, &seen)));
    seen.into_inner()
}

/// Derived types know a field by a variant of an enum. Hand-written ones may know it by something whose discriminant
/// is always the same: then a name that cannot be a field looks like all others, and nothing can be said.
fn refuse_aliases<T: DeserializeOwned>(
    fields: &'static [&'static str],
    looks: &[Look],
) -> Result<(), SignatureError> {
    let stranger = look::<T>("\0").field;
    for (place, look) in looks.iter().enumerate() {
        if look.field.is_none() || look.field == stranger {
            continue;
        }
        if let Some(earlier) = looks[..place].iter().position(|other| other.field == look.field) {
            return Err(SignatureError::Alias(fields[earlier], fields[place]));
        }
    }
    Ok(())
}

/// The fields without which `T` cannot be made, as far as values for the others can be guessed.
fn required<T: DeserializeOwned>() -> Vec<&'static str> {
    let mut given: Vec<(&'static str, usize)> = Vec::new();
    loop {
        match T::deserialize(Probe(Question::Required(&given))) {
            Err(BindError::MissingField(name)) if given.iter().all(|(known, _)| *known != name) => {
                given.push((name, 0));
            }
            // The guess for this one was wrong: try the next.
            Err(BindError::Argument { name, .. }) => match given.iter_mut().find(|(known, _)| *known == name)
            {
                Some((_, attempt)) if *attempt + 1 < ATTEMPTS => *attempt += 1,
                _ => break,
            },
            _ => break,
        }
    }
    given.into_iter().map(|(name, _)| name).collect()
}

enum Question<'a> {
    Shape(&'a RefCell<Option<Shape>>),
    /// Offer this name alone.
    Field(&'a str, &'a RefCell<Look>),
    /// Give these, with that guess for each.
    Required(&'a [(&'static str, usize)]),
}

/// A deserializer that is only there to be asked.
struct Probe<'a>(Question<'a>);

impl Probe<'_> {
    fn answer<'de, V: Visitor<'de>>(self, shape: Shape, visitor: V) -> Result<V::Value, BindError> {
        match self.0 {
            Question::Shape(seen) => {
                *seen.borrow_mut() = Some(shape);
                Err(BindError::Stop)
            }
            Question::Field(name, seen) => visitor.visit_map(Offer::new(name, seen)),
            Question::Required(given) => visitor.visit_map(Given::new(given)),
        }
    }
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = BindError;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, BindError> {
        self.answer(Shape::Struct(fields), visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        self.answer(Shape::Keywords, visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        self.answer(Shape::Keywords, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, BindError> {
        self.answer(Shape::Tuple(length), visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        self.answer(Shape::Tuple(length), visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        self.answer(Shape::Sequence, visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        self.answer(Shape::Nothing, visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        self.answer(Shape::Nothing, visitor)
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
