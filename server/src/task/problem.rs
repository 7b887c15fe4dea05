//! What can be wrong with a set of tasks. All of it is found before the first task runs, and told at once.

use super::bind::SignatureError;
use super::rate::RateError;
use crate::schedule::Mistake;
use std::fmt;

/// A task that cannot be offered, state that cannot be, or an entry of the schedule that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskProblem {
    pub(super) task: String,
    pub(super) problem: Problem,
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum Problem {
    #[error("is registered twice")]
    Twice,
    #[error("has a name that is empty, too long, or has spaces or control characters in it")]
    Name,
    #[error("takes its arguments twice: a handler has one `Args` or one `Call`")]
    TwoTakers,
    #[error("cannot take its arguments: {0}")]
    Arguments(SignatureError),
    #[error("has a wrong rate limit: {0}")]
    Rate(#[from] RateError),
    #[error("asks for state of type `{0}`, but no factory for it is given")]
    NoState(&'static str),
    #[error("has two factories")]
    TwoFactories,
    #[error("is in the schedule twice")]
    TwoEntries,
    #[error("has a mistake: {0}")]
    Entry(Mistake),
    #[error("has a priority of {0}, but the least urgent is 9")]
    Priority(u8),
}

/// Why a set of tasks cannot be offered; one sentence per line.
#[derive(Clone, Debug, PartialEq)]
pub struct InvalidTasks(pub(super) Vec<TaskProblem>);

impl TaskProblem {
    pub(super) fn two_factories(type_name: &'static str) -> Self {
        Self { task: type_name.to_owned(), problem: Problem::TwoFactories }
    }
}

impl fmt::Display for TaskProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = match self.problem {
            Problem::TwoFactories => "state",
            Problem::TwoEntries | Problem::Entry(_) => "entry",
            _ => "task",
        };
        write!(f, "{noun} {:?} {}", self.task, self.problem)
    }
}

impl fmt::Display for InvalidTasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, problem) in self.0.iter().enumerate() {
            let newline = if place == 0 { "" } else { "\n" };
            write!(f, "{newline}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidTasks {}
