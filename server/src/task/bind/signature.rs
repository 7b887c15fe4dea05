//! What a type takes, as found out at registration.

use serde_json::{Map, Value};

/// The parameters of a task.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::task) enum Signature {
    /// `def f()`.
    #[default]
    Nothing,
    /// `def f(x, y=1)`.
    Named(Vec<Parameter>),
    /// `def f(x, y, /)`, with so many.
    Positional(usize),
    /// `def f(*args)`.
    Sequence,
    /// `def f(*, x, **kwargs)`, with those that are known to be required.
    Keywords(Vec<Parameter>),
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::task) struct Parameter {
    pub(super) name: &'static str,
    pub(super) required: bool,
    /// A value of about the right kind.
    pub(super) example: Value,
}

/// Why a type cannot take a call's arguments.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(in crate::task) enum SignatureError {
    #[error("{0:?} and {1:?} are one field; an alias shifts the positions of all others, so leave it out")]
    Alias(&'static str, &'static str),
    #[error("{0} is no list of arguments; use a struct, a tuple such as `(T,)`, a map, or `Call`")]
    Shape(&'static str),
}

impl Signature {
    /// The names in order.
    pub(in crate::task) fn parameters(&self) -> Vec<String> {
        self.list().iter().map(|parameter| parameter.name.to_owned()).collect()
    }

    /// Arguments of about the right kinds, for a form to start from.
    pub(in crate::task) fn example(&self) -> Value {
        match self {
            Self::Positional(count) => Value::Array(vec![Value::Null; *count]),
            Self::Sequence => Value::Array(Vec::new()),
            Self::Nothing | Self::Named(_) | Self::Keywords(_) => {
                let pair = |parameter: &Parameter| (parameter.name.to_owned(), parameter.example.clone());
                Value::Object(self.list().iter().map(pair).collect::<Map<_, _>>())
            }
        }
    }

    /// Whether a call has to give the parameter of this name.
    pub(super) fn requires(&self, name: &str) -> bool {
        self.list().iter().any(|parameter| parameter.required && parameter.name == name)
    }

    fn list(&self) -> &[Parameter] {
        match self {
            Self::Named(list) | Self::Keywords(list) => list,
            Self::Nothing | Self::Positional(_) | Self::Sequence => &[],
        }
    }
}
