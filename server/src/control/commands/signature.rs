//! What a verb may be given, by the rules and in the words of a Python function.

use super::refusal::Refusal;
use serde_json::{Map, Value};

/// A verb's parameters, as Celery's function of that name declares them.
pub(super) struct Signature {
    /// Celery's name for it, which errors carry also where it was called by an alias.
    pub(super) name: &'static str,
    pub(super) required: &'static [&'static str],
    pub(super) optional: &'static [&'static str],
    /// Whether it takes and ignores whatever else it is given.
    pub(super) open: bool,
}

/// What a verb was given.
pub(super) struct Arguments<'a>(&'a Map<String, Value>);

impl Signature {
    pub(super) fn bind<'a>(&self, given: &'a Map<String, Value>) -> Result<Arguments<'a>, Refusal> {
        let known = |name: &str| self.required.contains(&name) || self.optional.contains(&name);
        if let Some(odd) = given.keys().find(|name| !self.open && !known(name)) {
            return Err(self.refuse(&format!("got an unexpected keyword argument '{odd}'")));
        }
        let missing: Vec<String> = self
            .required
            .iter()
            .filter(|name| !given.contains_key(**name))
            .map(|name| format!("'{name}'"))
            .collect();
        if missing.is_empty() {
            return Ok(Arguments(given));
        }
        let plural = if missing.len() == 1 { "" } else { "s" };
        let count = missing.len();
        Err(self.refuse(&format!("missing {count} required positional argument{plural}: {}", join(&missing))))
    }

    fn refuse(&self, what: &str) -> Refusal {
        Refusal::python("TypeError", &format!("{}() {what}", self.name))
    }
}

impl Arguments<'_> {
    /// Null where it was not given.
    pub(super) fn get(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    /// What Python takes for true.
    pub(super) fn is_true(&self, name: &str) -> bool {
        match self.get(name) {
            Value::Null => false,
            Value::Bool(value) => *value,
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(map) => !map.is_empty(),
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)
            .as_str()
            .ok_or_else(|| Refusal::python("TypeError", &format!("{name} must be a string")))
    }

    /// The text, or `None` where it is null, empty or missing.
    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.get(name) {
            Value::Null => Ok(None),
            _ => Ok(Some(self.text(name)?).filter(|text| !text.is_empty())),
        }
    }

    /// A whole number, as text too, because the command line hands on what was typed.
    pub(super) fn whole(&self, name: &str, default: i64) -> Result<i64, Refusal> {
        let value = self.get(name);
        let read = match value {
            Value::Null => Some(default),
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_i64(),
        };
        read.ok_or_else(|| {
            Refusal::python("TypeError", &format!("{name} must be a whole number, not {value}"))
        })
    }
}

/// `'x'`, `'x' and 'y'`, `'x', 'y', and 'z'`.
fn join(names: &[String]) -> String {
    match names {
        [first, second] => format!("{first} and {second}"),
        [first @ .., last] if !first.is_empty() => format!("{}, and {last}", first.join(", ")),
        names => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const STRICT: Signature =
        Signature { name: "f", required: &["a", "b", "c"], optional: &["d"], open: false };

    fn refused(given: Value) -> String {
        let given = given.as_object().expect("an object").clone();
        STRICT.bind(&given).err().expect("refused").to_string()
    }

    #[test]
    fn speaks_as_python_does() {
        assert_eq!(
            refused(json!({"a": 1, "b": 1, "c": 1, "x": 1})),
            r#"TypeError("f() got an unexpected keyword argument 'x'")"#
        );
        assert_eq!(
            refused(json!({"a": 1, "b": 1})),
            r#"TypeError("f() missing 1 required positional argument: 'c'")"#
        );
        assert_eq!(
            refused(json!({"a": 1})),
            r#"TypeError("f() missing 2 required positional arguments: 'b' and 'c'")"#
        );
        assert_eq!(
            refused(json!({})),
            r#"TypeError("f() missing 3 required positional arguments: 'a', 'b', and 'c'")"#
        );
    }
}
