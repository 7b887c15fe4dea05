//! Values as Python's `saferepr` shows them: for display in events and lists, never to be parsed.

use serde_json::{Map, Value};
use std::fmt::Write;

/// Celery's limit for `argsrepr` and friends, in characters. What is open when it is reached is still closed.
pub const MAX_LENGTH: usize = 1024;
const MAX_DEPTH: usize = 3;
/// JSON longer than this is cut rather than parsed for the sake of its first kilobyte.
const LONGEST_PARSED: usize = 64 * 1024;

/// `{'a': [1, 'x']}`.
pub fn repr(value: &Value) -> String {
    Writer::within(MAX_LENGTH).written(|out| out.value(value, 0))
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
    args_within(args, MAX_LENGTH)
}

fn args_within(args: &[Value], length: usize) -> String {
    let close = if args.len() == 1 { ",)" } else { ")" };
    Writer::within(length).written(|out| out.sequence(args, "(", close, 0))
}

/// Keyword arguments as a dict: `{'k': 1}`.
pub fn kwargs_repr(kwargs: &Map<String, Value>) -> String {
    Writer::within(MAX_LENGTH).written(|out| out.mapping(kwargs, 0))
}

/// The limit is reached: nothing follows but the ends of what is open.
struct Cut;

struct Writer {
    text: String,
    /// How many characters may follow.
    left: usize,
}

impl Writer {
    fn within(length: usize) -> Self {
        Self { text: String::new(), left: length }
    }

    fn written(mut self, write: impl FnOnce(&mut Self) -> Result<(), Cut>) -> String {
        // Being cut shows in the text.
        let _ = write(&mut self);
        self.text
    }

    /// A piece that is never cut in half.
    fn piece(&mut self, piece: &str) -> Result<(), Cut> {
        self.room()?;
        self.push(piece);
        Ok(())
    }

    fn room(&mut self) -> Result<(), Cut> {
        if self.left > 0 {
            return Ok(());
        }
        self.text.push_str(", ...");
        Err(Cut)
    }

    fn push(&mut self, piece: &str) {
        self.text.push_str(piece);
        self.left = self.left.saturating_sub(piece.chars().count());
    }

    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Cut> {
        match value {
            Value::Null => self.word("None"),
            Value::Bool(true) => self.word("True"),
            Value::Bool(false) => self.word("False"),
            Value::Number(number) => match number.as_f64() {
                Some(float) if number.is_f64() => self.word(&float_repr(float)),
                _ => self.word(&number.to_string()),
            },
            Value::String(text) => self.string(text),
            Value::Array(_) if depth >= MAX_DEPTH => self.piece("[...]"),
            Value::Array(items) => self.sequence(items, "[", "]", depth),
            Value::Object(_) if depth >= MAX_DEPTH => self.piece("{...}"),
            Value::Object(map) => self.mapping(map, depth),
        }
    }

    /// A word that is cut where the limit is.
    fn word(&mut self, word: &str) -> Result<(), Cut> {
        self.room()?;
        match cut(word, self.left) {
            None => self.push(word),
            Some(beginning) => self.push(&format!("{beginning}...")),
        }
        Ok(())
    }

    /// Single quotes always, only the quote escaped.
    fn string(&mut self, text: &str) -> Result<(), Cut> {
        self.room()?;
        let (beginning, dots) = cut(text, self.left).map_or((text, ""), |beginning| (beginning, "..."));
        self.push("'");
        match beginning.contains('\'') {
            true => self.push(&beginning.replace('\'', "\\'")),
            false => self.push(beginning),
        }
        self.push(dots);
        self.push("'");
        Ok(())
    }

    fn sequence(&mut self, items: &[Value], open: &str, close: &str, depth: usize) -> Result<(), Cut> {
        self.piece(open)?;
        let written = items.iter().enumerate().try_for_each(|(place, item)| {
            if place > 0 {
                self.piece(", ")?;
            }
            self.value(item, depth + 1)
        });
        self.push(close);
        written
    }

    fn mapping(&mut self, map: &Map<String, Value>, depth: usize) -> Result<(), Cut> {
        self.piece("{")?;
        let written = map.iter().enumerate().try_for_each(|(place, (key, value))| {
            if place > 0 {
                self.piece(", ")?;
            }
            self.string(key)?;
            self.piece(": ")?;
            self.value(value, depth + 1)
        });
        self.push("}");
        written
    }
}

/// The beginning of a text that is not shorter than the limit, up to its last space.
fn cut(text: &str, limit: usize) -> Option<&str> {
    if text.len() < limit {
        return None;
    }
    let beginning = match text.char_indices().nth(limit) {
        Some((end, _)) => &text[..end],
        None if text.chars().count() == limit => text,
        None => return None,
    };
    Some(beginning.rfind(' ').map_or(beginning, |space| &beginning[..space]))
}

/// Python's way: an exponent below 1e-4 and from 1e16 on, with at least two digits.
fn float_repr(number: f64) -> String {
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    match exponent.parse::<i32>() {
        Ok(-4..=15) => format!("{number:?}"),
        Ok(exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            let mut text = format!("{digits}e{sign}");
            let _ = write!(text, "{:02}", exponent.unsigned_abs());
            text
        }
        Err(_) => scientific,
    }
}

#[cfg(test)]
mod tests;
