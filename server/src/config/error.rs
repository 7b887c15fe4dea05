//! What can be wrong with a configuration, worded for the person who wrote it.

use std::fmt;
use std::path::PathBuf;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    File {
        path: PathBuf,
        line: usize,
    },
    /// An environment variable.
    Variable(String),
    /// A flag of the command line, with its dashes.
    Flag(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{} line {line}", path.display()),
            Self::Variable(name) => write!(f, "the variable {name}"),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// Why there is no configuration. Each is one sentence that names where to look.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("failed to read the configuration file {}: {cause}", path.display())]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("{at}: this is not TOML: {message}")]
    Syntax { at: Source, message: String },
    #[error("{at}: there is no setting '{name}'{}", hint(*.nearest))]
    Unknown { at: Source, name: String, nearest: Option<&'static str> },
    #[error("{at}: {name} {expected}, but is set to {given}")]
    Value { at: Source, name: &'static str, expected: String, given: String },
}

fn hint(nearest: Option<&'static str>) -> String {
    nearest.map(|name| format!("; did you mean '{name}'?")).unwrap_or_default()
}
