//! How a command ends: its exit code, and for a failure one sentence on stderr.
//!
//! The codes are those of BSD's `sysexits.h` where one fits, so that a supervisor can tell a full disk from a typing
//! error without reading the sentence.

use crate::config::{ConfigError, Source};
use crate::runtime::StartError;
use crate::store::{DbError, FolderError};
use std::fmt;
use std::process::ExitCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It did what was asked, a warm stop included.
    Success = 0,
    /// The command line is wrong.
    Usage = 2,
    /// A database is damaged, or was written by a newer Umbel.
    Data = 65,
    /// The port is taken, or the server that was asked does not answer.
    Unavailable = 69,
    /// A fault of ours.
    Internal = 70,
    /// The data folder cannot be made or written.
    CannotCreate = 73,
    /// Another process holds the data folder; trying again later may work.
    InUse = 75,
    /// The configuration file or an environment variable is wrong.
    Config = 78,
    /// Stopped at once; tasks that ran are run again at the next start.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    sentence: String,
}

impl Failure {
    pub(super) fn new(exit: Exit, sentence: impl fmt::Display) -> Self {
        Self { exit, sentence: sentence.to_string() }
    }
}

/// The sentence on one line, whatever a library put into it.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, line) in self.sentence.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate()
        {
            let space = if place == 0 { "" } else { " " };
            write!(f, "{space}{line}")?;
        }
        Ok(())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let at = match &error {
            ConfigError::Unknown { at, .. } | ConfigError::Value { at, .. } => Some(at),
            ConfigError::Read { .. } | ConfigError::Syntax { .. } => None,
        };
        let typed = matches!(at, Some(Source::Flag(_)));
        Self::new(if typed { Exit::Usage } else { Exit::Config }, error)
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        let exit = match error {
            FolderError::Create { .. } | FolderError::Write { .. } => Exit::CannotCreate,
            FolderError::InUse { .. } => Exit::InUse,
        };
        Self::new(exit, error)
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        let exit = match error {
            DbError::Corrupt { .. } | DbError::TooNew { .. } => Exit::Data,
            DbError::Sqlite(_) | DbError::Closed => Exit::CannotCreate,
        };
        Self::new(exit, error)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Folder(error) => error.into(),
            StartError::Db(error) => error.into(),
            StartError::History(_) => Self::new(Exit::Data, error),
            StartError::Listen { .. } => Self::new(Exit::Unavailable, error),
            StartError::Redis { .. } => Self::new(Exit::Config, error),
            StartError::Threads(_) => Self::new(Exit::Internal, error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line() {
        let failure = Failure::new(Exit::Internal, "first\n\n  second\n");
        assert_eq!(failure.to_string(), "first second");
    }
}
