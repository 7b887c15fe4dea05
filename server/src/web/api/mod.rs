//! `/api/v1`: the product as JSON, for curl, scripts and tests.
//!
//! It asks the same ports as the pages do, so both always agree. Every error is
//! `{"error": {"code": "…", "message": "…"}}` with a sentence for people; where single fields of an entry are wrong, also
//! `"fields": [{"field": "…", "sentence": "…"}]`.

mod body;
mod queues;
mod schedules;
mod shape;
mod tasks;
mod workers;

use crate::clock::SharedClock;
use crate::web::error::{Audience, Refusal};
use app::ApiError;
use app::backend::Backend;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) backend: Backend,
    pub(crate) clock: SharedClock,
    pub(crate) body_limit: usize,
    pub(crate) batch_limit: usize,
}

pub(crate) fn router(api: Api) -> Router {
    let v1 = Router::new()
        .route("/tasks", get(tasks::list).post(tasks::send))
        .route("/tasks/{id}", get(tasks::get))
        .route("/tasks/{id}/cancel", post(tasks::cancel))
        .route("/tasks/{id}/retry", post(tasks::retry))
        .route("/workers", get(workers::list))
        .route("/workers/{name}", get(workers::get))
        .route("/workers/{name}/{act}", post(workers::act))
        .route("/queues", get(queues::list))
        .route("/queues/{name}", get(queues::get))
        .route("/queues/{name}/purge", post(queues::purge))
        .route("/schedules", get(schedules::list))
        .route("/schedules/preview", post(schedules::preview))
        .route("/schedules/calendar", get(schedules::calendar))
        .route("/schedules/{name}", get(schedules::get).put(schedules::put).delete(schedules::remove))
        .route("/schedules/{name}/pause", post(schedules::pause))
        .route("/schedules/{name}/resume", post(schedules::resume))
        .route("/schedules/{name}/run", post(schedules::run))
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown_path)
        .with_state(api);
    Router::new()
        .nest("/api/v1", v1)
        .route("/api", axum::routing::any(unknown_path))
        .route("/api/{*rest}", axum::routing::any(unknown_path))
}

async fn unknown_path(OriginalUri(uri): OriginalUri) -> Failed {
    let path: String = uri.path().chars().take(200).collect();
    Failed(Refusal::new(
        StatusCode::NOT_FOUND,
        "not_found",
        format!("There is nothing at {path}. The API is at /api/v1."),
    ))
}

async fn wrong_method(method: Method, OriginalUri(uri): OriginalUri) -> Failed {
    let sentence = format!("{} does not take {method}.", uri.path());
    Failed(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", sentence))
}

/// A refusal as the API answers it.
#[derive(Debug)]
struct Failed(Refusal);

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        self.0.answer(Audience::Api)
    }
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<ApiError> for Failed {
    fn from(error: ApiError) -> Self {
        Self(error.into())
    }
}

/// The name in an address.
fn named(path: Result<Path<String>, PathRejection>) -> Result<String, Failed> {
    let unreadable = |_| ApiError::BadRequest("The name in the address is not valid UTF-8.".to_owned());
    Ok(path.map_err(unreadable)?.0)
}
