//! Why a verb was not obeyed, in the text Celery would answer with.

use std::fmt;

#[derive(Debug)]
pub(super) struct Refusal(String);

impl Refusal {
    /// A sentence of the verb's own.
    pub(super) fn plain(sentence: &str) -> Self {
        Self(sentence.to_owned())
    }

    /// An exception: `ValueError('Autoscale not enabled')`.
    pub(super) fn python(exception: &str, message: &str) -> Self {
        Self(format!("{exception}({})", quoted(message)))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As Python writes a string: double quotes only where they save escapes.
pub(super) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for letter in text.chars() {
        match letter {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            letter if letter == quote => quoted.extend(['\\', letter]),
            letter => quoted.push(letter),
        }
    }
    quoted.push(quote);
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_python_does() {
        assert_eq!(quoted("plain"), "'plain'");
        assert_eq!(quoted("it's"), "\"it's\"");
        assert_eq!(quoted("it's \"so\""), "'it\\'s \"so\"'");
        assert_eq!(quoted("a\\b\n"), "'a\\\\b\\n'");
    }
}
