//! The one error a page, a server function or the JSON API may show a person.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What went wrong, in words that tell the reader what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "message", rename_all = "snake_case")]
pub enum ApiError {
    /// The noun that was asked for does not exist (any more).
    NotFound(String),
    /// The request itself is wrong; the sentence says how to put it right.
    BadRequest(String),
    /// The caller may not do this.
    Forbidden(String),
    /// The state of the thing does not allow the act ("this task has already finished").
    Conflict(String),
    /// A part behind us does not answer; trying again later may help.
    Unavailable(String),
    /// A defect of ours. The text carries an id that stands in the log, never a stack.
    Internal(String),
}

impl ApiError {
    /// The HTTP status this error is answered with.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound(_) => 404,
            Self::BadRequest(_) => 400,
            Self::Forbidden(_) => 403,
            Self::Conflict(_) => 409,
            Self::Unavailable(_) => 503,
            Self::Internal(_) => 500,
        }
    }

    /// The machine-readable code, as it stands in the JSON API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "not_found",
            Self::BadRequest(_) => "bad_request",
            Self::Forbidden(_) => "forbidden",
            Self::Conflict(_) => "conflict",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// The sentence for a person.
    pub fn message(&self) -> &str {
        match self {
            Self::NotFound(text)
            | Self::BadRequest(text)
            | Self::Forbidden(text)
            | Self::Conflict(text)
            | Self::Unavailable(text)
            | Self::Internal(text) => text,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for ApiError {}
