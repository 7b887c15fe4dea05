//! What does not fit, in the words CPython uses. The task's name and `()` come before each sentence.

use serde::de;
use std::fmt;

/// Why a call cannot be bound.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum BindError {
    /// serde's own word for the first field that is missing; the binder makes the full sentence of it.
    MissingField(&'static str),
    /// serde's own word for a sequence that is too short.
    TooShort,
    Missing {
        kind: &'static str,
        names: Vec<&'static str>,
    },
    Unexpected(String),
    Multiple(&'static str),
    TooMany {
        least: usize,
        most: usize,
        given: usize,
    },
    /// One argument has the wrong type. Positional-only ones are named by their number.
    Argument {
        name: String,
        text: String,
    },
    /// Something the type itself said about all of them.
    Whole(String),
    /// The type asked for something that is no list of arguments.
    Shape(&'static str),
    /// A probe has seen enough.
    Stop,
}

impl BindError {
    pub(super) fn argument(name: &str, error: &impl fmt::Display) -> Self {
        Self::Argument { name: name.to_owned(), text: error.to_string() }
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingField(name) => missing(f, "positional", &[name]),
            Self::Missing { kind, names } => missing(f, kind, names),
            Self::Unexpected(keyword) => write!(f, "got an unexpected keyword argument '{keyword}'"),
            Self::Multiple(name) => write!(f, "got multiple values for argument '{name}'"),
            Self::TooMany { least, most, given } => wrong_count(f, *least, *most, *given),
            Self::Argument { name, text } => write!(f, "argument {name}: {text}"),
            Self::Whole(text) => write!(f, "arguments: {text}"),
            Self::TooShort => f.write_str("arguments: too few of them"),
            Self::Shape(what) => write!(f, "arguments: {what} cannot be bound"),
            Self::Stop => f.write_str("arguments: not bound, only looked at"),
        }
    }
}

/// `missing 2 required positional arguments: 'x' and 'y'`.
fn missing(f: &mut fmt::Formatter<'_>, kind: &str, names: &[&str]) -> fmt::Result {
    let plural = if names.len() == 1 { "" } else { "s" };
    write!(f, "missing {} required {kind} argument{plural}: ", names.len())?;
    match names {
        [] => Ok(()),
        [only] => write!(f, "'{only}'"),
        [first, second] => write!(f, "'{first}' and '{second}'"),
        [first @ .., last] => {
            for name in first {
                write!(f, "'{name}', ")?;
            }
            write!(f, "and '{last}'")
        }
    }
}

/// `takes from 1 to 2 positional arguments but 3 were given`.
fn wrong_count(f: &mut fmt::Formatter<'_>, least: usize, most: usize, given: usize) -> fmt::Result {
    let were = if given == 1 { "was" } else { "were" };
    if least == most {
        let plural = if most == 1 { "" } else { "s" };
        write!(f, "takes {most} positional argument{plural} but {given} {were} given")
    } else {
        write!(f, "takes from {least} to {most} positional arguments but {given} {were} given")
    }
}

impl std::error::Error for BindError {}

impl de::Error for BindError {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::Whole(text.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self::MissingField(field)
    }

    fn invalid_length(_length: usize, _expected: &dyn de::Expected) -> Self {
        Self::TooShort
    }
}
