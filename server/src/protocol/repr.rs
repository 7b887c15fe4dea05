//! Values as Python's `saferepr` shows them: for display in events and lists, never to be parsed.

use serde_json::{Map, Value};
use std::fmt::Write;

/// Celery's limit for `argsrepr` and friends.
pub const MAX_LENGTH: usize = 1024;
const MAX_DEPTH: usize = 3;
/// JSON longer than this is cut rather than parsed for the sake of its first kilobyte.
const LONGEST_PARSED: usize = 64 * 1024;

/// `{'a': [1, 'x']}`.
pub fn repr(value: &Value) -> String {
    let mut out = Writer::default();
    out.value(value, 0);
    out.text
}

/// A value that is still JSON text.
pub fn repr_of_json(json: &str) -> String {
    if json.len() > LONGEST_PARSED {
        let end = (0..=MAX_LENGTH).rev().find(|place| json.is_char_boundary(*place)).unwrap_or(0);
        return format!("{}...", &json[..end]);
    }
    serde_json::from_str(json).map_or_else(|_| json.to_owned(), |value| repr(&value))
}

/// Positional arguments as a tuple: `(1, 'x')`, `(1,)`, `()`.
pub fn args_repr(args: &[Value]) -> String {
    let mut out = Writer::default();
    out.sequence(args.iter(), '(', ')', 0, args.len() == 1);
    out.text
}

/// Keyword arguments as a dict: `{'k': 1}`.
pub fn kwargs_repr(kwargs: &Map<String, Value>) -> String {
    let mut out = Writer::default();
    out.mapping(kwargs, 0);
    out.text
}

#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn is_full(&self) -> bool {
        self.text.len() >= MAX_LENGTH
    }

    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Null => self.text.push_str("None"),
            Value::Bool(true) => self.text.push_str("True"),
            Value::Bool(false) => self.text.push_str("False"),
            Value::Number(number) => {
                let _ = write!(self.text, "{number}");
            }
            Value::String(text) => self.string(text),
            Value::Array(items) if depth >= MAX_DEPTH && !items.is_empty() => self.text.push_str("[...]"),
            Value::Array(items) => self.sequence(items.iter(), '[', ']', depth, false),
            Value::Object(map) if depth >= MAX_DEPTH && !map.is_empty() => self.text.push_str("{...}"),
            Value::Object(map) => self.mapping(map, depth),
        }
    }

    /// Single quotes always, only the quote escaped, cut with dots.
    fn string(&mut self, text: &str) {
        let room = MAX_LENGTH.saturating_sub(self.text.len());
        self.text.push('\'');
        for (place, letter) in text.char_indices() {
            if place >= room {
                self.text.push_str("...");
                break;
            }
            if letter == '\'' {
                self.text.push('\\');
            }
            self.text.push(letter);
        }
        self.text.push('\'');
    }

    fn sequence<'a>(
        &mut self,
        items: impl Iterator<Item = &'a Value>,
        open: char,
        close: char,
        depth: usize,
        single_of_tuple: bool,
    ) {
        self.text.push(open);
        for (place, item) in items.enumerate() {
            if place > 0 {
                self.text.push_str(", ");
            }
            if self.is_full() {
                self.text.push_str("...");
                break;
            }
            self.value(item, depth + 1);
        }
        if single_of_tuple {
            self.text.push(',');
        }
        self.text.push(close);
    }

    fn mapping(&mut self, map: &Map<String, Value>, depth: usize) {
        self.text.push('{');
        for (place, (key, value)) in map.iter().enumerate() {
            if place > 0 {
                self.text.push_str(", ");
            }
            if self.is_full() {
                self.text.push_str("...");
                break;
            }
            self.string(key);
            self.text.push_str(": ");
            self.value(value, depth + 1);
        }
        self.text.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_like_python() {
        assert_eq!(args_repr(&[json!(1), json!(2)]), "(1, 2)");
        assert_eq!(args_repr(&[json!("ééé")]), "('ééé',)");
        assert_eq!(args_repr(&[]), "()");
        assert_eq!(repr(&json!({"k": [null, true, "it's"]})), r"{'k': [None, True, 'it\'s']}");
    }

    #[test]
    fn deep_and_long_values_are_cut() {
        assert_eq!(repr(&json!([[[["deep"]]]])), "[[[[...]]]]");
        let long = repr(&json!("x".repeat(5000)));
        assert!(long.len() < MAX_LENGTH + 10 && long.ends_with("...'"), "{}", long.len());
        let wide = args_repr(&vec![json!("0123456789"); 10_000]);
        assert!(wide.len() < MAX_LENGTH + 32 && wide.ends_with("...)"), "{wide}");
    }
}
