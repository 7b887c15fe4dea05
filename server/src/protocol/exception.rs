//! An error as a result carries it, in the shape Python rebuilds its exceptions from.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use std::fmt;

/// An exception: a type, a module and the arguments it was raised with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exception {
    pub exc_type: String,
    /// The arguments it was raised with, as a list; some write one text instead.
    #[serde(default = "no_arguments")]
    pub exc_message: Value,
    #[serde(default = "builtins", deserialize_with = "module")]
    pub exc_module: String,
}

fn no_arguments() -> Value {
    json!([])
}

fn builtins() -> String {
    "builtins".to_owned()
}

/// One without a module is taken for one of Python's own.
fn module<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(builtins))
}

impl Exception {
    /// One of Python's own, raised with a sentence: `ValueError('bad value')`.
    pub fn builtin(exc_type: &str, message: impl Into<String>) -> Self {
        Self::new("builtins", exc_type, json!([message.into()]))
    }

    pub fn new(exc_module: &str, exc_type: &str, exc_message: Value) -> Self {
        Self { exc_type: exc_type.to_owned(), exc_message, exc_module: exc_module.to_owned() }
    }

    /// `reason` is one of `revoked`, `expired`, `terminated`.
    pub fn revoked(reason: &str) -> Self {
        Self::new("celery.exceptions", "TaskRevokedError", json!([reason]))
    }

    pub fn not_registered(task: &str) -> Self {
        Self::new("celery.exceptions", "NotRegistered", json!([task]))
    }

    pub fn max_retries_exceeded(sentence: impl Into<String>) -> Self {
        Self::new("celery.exceptions", "MaxRetriesExceededError", json!([sentence.into()]))
    }

    /// The arguments joined to a sentence, without the type.
    pub fn message(&self) -> String {
        match &self.exc_message {
            Value::Array(arguments) => arguments.iter().map(text_of).collect::<Vec<_>>().join(", "),
            other => text_of(other),
        }
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `ValueError('bad value')`, as Python's `repr` shows it and events carry it.
impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.exc_type)?;
        let arguments = match &self.exc_message {
            Value::Array(arguments) => arguments.as_slice(),
            other => std::slice::from_ref(other),
        };
        for (place, argument) in arguments.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{}", super::repr::repr(argument))?;
        }
        f.write_str(")")
    }
}
