//! The configuration file: flat TOML, read with the line of every value.

use super::error::{ConfigError, Source};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use toml::{Spanned, Value};

/// The file that is read when it lies in the current folder and nobody names another.
pub(super) const DEFAULT: &str = "umbel.toml";

/// One `name = value` of a file.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: Value,
    pub(super) at: Source,
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
    let place = |offset| Source::File { path: path.to_owned(), line: line_of(text, offset) };
    let entries = toml::de::Deserializer::parse(text)
        .and_then(BTreeMap::<String, Spanned<Value>>::deserialize)
        .map_err(|error| ConfigError::Syntax {
            at: place(error.span().map_or(0, |span| span.start)),
            message: error.message().replace('\n', ", "),
        })?;
    let entry = |(name, value): (String, Spanned<Value>)| Entry {
        at: place(value.span().start),
        name,
        value: value.into_inner(),
    };
    Ok(entries.into_iter().map(entry).collect())
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
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
    fn broken_toml_is_one_sentence_with_a_line() {
        let error = parse(Path::new("u.toml"), "port = 80\nhost = \n").err().expect("broken").to_string();
        assert!(error.starts_with("u.toml line 2: this is not TOML: "), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}
