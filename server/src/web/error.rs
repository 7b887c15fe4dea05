//! How a request that cannot be served is answered: the same sentence in the shape its reader understands.

use app::ApiError;
use app::view::FieldMistake;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::fmt::Display;

/// A refused or failed request: a status, a word for programs and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Which fields are wrong, where it is about fields.
    pub(crate) fields: Vec<FieldMistake>,
}

/// Who reads the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// A program that uses the JSON API.
    Api,
    /// The browser's half of a server function.
    Function,
    /// Somebody who looks at it as it is.
    Person,
}

impl Audience {
    pub(crate) fn of(path: &str) -> Self {
        let under = |prefix: &str| {
            path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if under("/api") {
            Self::Api
        } else if under("/fn") {
            Self::Function
        } else {
            Self::Person
        }
    }
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), fields: Vec::new() }
    }

    pub(crate) fn answer(self, audience: Audience) -> Response {
        let status = self.status;
        match audience {
            Audience::Api => {
                let mut error = json!({"code": self.code, "message": self.message});
                if !self.fields.is_empty() {
                    error["fields"] = json!(self.fields);
                }
                (status, Json(json!({"error": error}))).into_response()
            }
            Audience::Function => (status, Json(self.into_api_error())).into_response(),
            Audience::Person => {
                let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
                (status, kind, self.message + "\n").into_response()
            }
        }
    }

    /// The nearest error a page knows.
    fn into_api_error(self) -> ApiError {
        match self.status {
            StatusCode::NOT_FOUND => ApiError::NotFound(self.message),
            StatusCode::FORBIDDEN | StatusCode::MISDIRECTED_REQUEST => ApiError::Forbidden(self.message),
            StatusCode::CONFLICT => ApiError::Conflict(self.message),
            StatusCode::SERVICE_UNAVAILABLE => ApiError::Unavailable(self.message),
            status if status.is_server_error() => ApiError::Internal(self.message),
            _ => ApiError::BadRequest(self.message),
        }
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::new(status, error.code(), error.message())
    }
}

/// Logs a defect of ours under a fresh id and gives the reader that id instead of its insides.
pub(crate) fn defect(what: &'static str, cause: impl Display) -> ApiError {
    let id = uuid::Uuid::new_v4().simple().to_string().split_off(24);
    tracing::error!(error.id = %id, error = %cause, "{what}");
    ApiError::Internal(format!(
        "Something went wrong on the server. Its log has the details under the id {id}."
    ))
}

/// A part behind us that does not answer: logged with its cause, told without it.
pub(crate) fn away(part: &'static str, cause: impl Display) -> ApiError {
    tracing::warn!(part, error = %cause, "a part of the product does not answer");
    ApiError::Unavailable(format!("The {part} does not answer. Trying again in a moment may help."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_tells_who_reads() {
        assert_eq!(Audience::of("/api/v1/tasks"), Audience::Api);
        assert_eq!(Audience::of("/api"), Audience::Api);
        assert_eq!(Audience::of("/apix"), Audience::Person);
        assert_eq!(Audience::of("/fn/cancel_tasks"), Audience::Function);
        assert_eq!(Audience::of("/tasks"), Audience::Person);
    }

    #[test]
    fn a_defect_shows_an_id_and_not_its_cause() {
        let error = defect("render a page", "secret insides");
        assert!(!error.message().contains("secret"), "{error}");
        assert_eq!(error.status(), 500);
    }
}
