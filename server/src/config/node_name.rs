//! Node names: how workers are told apart, in Celery's format.
//!
//! `%h` is the full host name, `%n` its first part, `%d` the rest of it, `%%` a percent sign. A name without `@`
//! is the host part: `-n blue` is `umbel@blue`, as Celery makes it `celery@blue`.

use std::fmt::Write as _;

/// The machine's name as node names are made from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host(String);

/// Why a node name cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeNameError {
    #[error("knows the formats %h (host), %n (first part of the host), %d (domain) and %%, not %{0}")]
    Format(char),
    #[error("is a name such as worker1@%h, without spaces and at most 255 letters long")]
    Shape,
}

impl Host {
    /// The host this process runs on.
    pub fn of_this_machine() -> Self {
        let name = gethostname::gethostname();
        let name = name.to_string_lossy();
        Self::new(if name.is_empty() { "localhost" } else { &name })
    }

    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }
}

/// Fills in the formats of a node name and checks the outcome.
pub fn node_name(pattern: &str, host: &Host) -> Result<String, NodeNameError> {
    let (name, domain) = host.0.split_once('.').unwrap_or((&host.0, ""));
    let mut filled = String::new();
    if !pattern.contains('@') {
        filled.push_str("umbel@");
    }
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        let written = match (letter, if letter == '%' { letters.next() } else { None }) {
            ('%', Some('h')) => filled.write_str(&host.0),
            ('%', Some('n')) => filled.write_str(name),
            ('%', Some('d')) => filled.write_str(domain),
            ('%', Some('%')) => filled.write_char('%'),
            ('%', Some(other)) => return Err(NodeNameError::Format(other)),
            ('%', None) => return Err(NodeNameError::Shape),
            (plain, _) => filled.write_char(plain),
        };
        written.expect("writing to a string cannot fail");
    }
    let sound = filled.len() <= 255
        && !filled.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        && filled.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if sound { Ok(filled) } else { Err(NodeNameError::Shape) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(pattern: &str) -> Result<String, NodeNameError> {
        node_name(pattern, &Host::new("rose.garden.example"))
    }

    #[test]
    fn fills_in_formats_as_celery_does() {
        assert_eq!(named("umbel@%h").as_deref(), Ok("umbel@rose.garden.example"));
        assert_eq!(named("w1@%n").as_deref(), Ok("w1@rose"));
        assert_eq!(named("%n@%d").as_deref(), Ok("rose@garden.example"));
        assert_eq!(named("100%%@%h").as_deref(), Ok("100%@rose.garden.example"));
        assert_eq!(named("blue").as_deref(), Ok("umbel@blue"));
    }

    #[test]
    fn refuses_what_is_no_name() {
        assert_eq!(named("w@%x"), Err(NodeNameError::Format('x')));
        for pattern in ["", "@h", "w@", "a b@h", "w@h%", "w@\u{7}"] {
            assert_eq!(named(pattern), Err(NodeNameError::Shape), "{pattern:?}");
        }
    }
}
