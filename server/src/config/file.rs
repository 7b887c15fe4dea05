//! The configuration file: TOML, read with the line of every value, and of every name of a table.

use super::error::{ConfigError, Source};
use serde::Deserialize;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Value};

/// The file that is read when it lies in the current folder and nobody names another.
pub(super) const DEFAULT: &str = "umbel.toml";

/// One `name = value` of a file.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: Value,
    pub(super) at: Source,
    /// Where the names of a table stand.
    pub(super) within: HashMap<String, Source>,
}

/// Reads the file. One that nobody asked for by name may be missing.
pub(super) fn read(path: &Path, required: bool) -> Result<Vec<Entry>, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(path, &text),
        Err(cause) if cause.kind() == ErrorKind::NotFound && !required => Ok(Vec::new()),
        Err(cause) => Err(ConfigError::Read { path: path.to_owned(), cause }),
    }
}

fn parse(path: &Path, text: &str) -> Result<Vec<Entry>, ConfigError> {
    let lines = Lines::of(text);
    let place = |offset| Source::File { path: path.to_owned(), line: lines.at(offset) };
    let syntax = |error: toml::de::Error| ConfigError::Syntax {
        at: place(error.span().map_or(0, |span| span.start)),
        message: error.message().replace('\n', ", "),
    };
    let table = DeTable::parse(text).map_err(syntax)?.into_inner();
    let entry = |(name, value): (Spanned<_>, Spanned<DeValue<'_>>)| {
        let at = place(value.span().start);
        let inner = value.get_ref().as_table().into_iter().flatten();
        let within = inner.map(|(name, _)| (name.get_ref().to_string(), place(name.span().start))).collect();
        let value = Value::deserialize(ValueDeserializer::from(value)).map_err(syntax)?;
        let name: std::borrow::Cow<'_, str> = name.into_inner();
        Ok(Entry { name: name.into_owned(), value, at, within })
    };
    table.into_iter().map(entry).collect()
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset).collect())
    }

    /// The number of the line in which a byte stands.
    fn at(&self, offset: usize) -> usize {
        1 + self.0.partition_point(|newline| *newline < offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_line() {
        let text = "# ours\nport = 80\n\nworker_queues = [\n  'a',\n]\n";
        let entries = parse(Path::new("u.toml"), text).expect("sound TOML");
        let lines: Vec<String> = entries.iter().map(|e| format!("{} {}", e.name, e.at)).collect();
        assert_eq!(lines, ["port u.toml line 2", "worker_queues u.toml line 4"]);
    }

    #[test]
    fn the_names_of_a_table_know_theirs() {
        let text = "[beat_schedule.a]\ntask = 't'\n\n[beat_schedule]\nb = { task = 't' }\n";
        let entries = parse(Path::new("u.toml"), text).expect("sound TOML");
        assert_eq!(entries[0].within["a"].to_string(), "u.toml line 1");
        assert_eq!(entries[0].within["b"].to_string(), "u.toml line 5");
    }

    #[test]
    fn broken_toml_is_one_sentence_with_a_line() {
        let error = parse(Path::new("u.toml"), "port = 80\nhost = \n").err().expect("broken").to_string();
        assert!(error.starts_with("u.toml line 2: this is not TOML: "), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}
