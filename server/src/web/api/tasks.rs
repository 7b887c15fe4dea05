//! Tasks: sending, looking, cancelling, retrying.

use super::body::Tasks;
use super::shape::{self, TaskList};
use super::{Api, Failed, named};
use crate::clock::millis;
use app::ApiError;
use app::query::TaskQuery;
use app::view::Acted;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

/// Accepted means: stored, so that it cannot be lost. It does not mean that it has run.
type Accepted = Result<(StatusCode, Json<Value>), Failed>;

pub(super) async fn send(State(api): State<Api>, headers: HeaderMap, body: Body) -> Accepted {
    let answer = match api.read_tasks(&headers, body).await? {
        Tasks::One(task) => json!({"id": api.backend.tasks.send(vec![*task]).await?.first()}),
        Tasks::Many(tasks) => json!({"ids": api.backend.tasks.send(tasks).await?}),
    };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// The same parameters as the page's address.
pub(super) async fn list(
    State(api): State<Api>,
    RawQuery(query): RawQuery,
) -> Result<Json<TaskList>, Failed> {
    let query = TaskQuery::parse(query.as_deref().unwrap_or_default());
    let page = api.backend.tasks.list(query.to_filter(millis(&*api.clock))).await?;
    Ok(Json(page.into()))
}

pub(super) async fn get(
    State(api): State<Api>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<shape::Task>, Failed> {
    Ok(Json(api.backend.tasks.get(named(id)?).await?.into()))
}

pub(super) async fn cancel(State(api): State<Api>, id: Result<Path<String>, PathRejection>) -> Accepted {
    let id = named(id)?;
    // An unknown task is not found; one that is known but past cancelling is a conflict.
    api.backend.tasks.get(id.clone()).await?;
    let done = only(api.backend.tasks.cancel(vec![id]).await?)?;
    Ok((StatusCode::ACCEPTED, Json(json!({"id": done.id}))))
}

pub(super) async fn retry(State(api): State<Api>, id: Result<Path<String>, PathRejection>) -> Accepted {
    let id = named(id)?;
    api.backend.tasks.get(id.clone()).await?;
    let done = only(api.backend.tasks.retry(vec![id]).await?)?;
    Ok((StatusCode::ACCEPTED, Json(json!({"id": done.new_id, "retry_of": done.id}))))
}

/// What became of the one task that was acted on.
fn only(acted: Vec<Acted>) -> Result<Acted, ApiError> {
    match acted.into_iter().next() {
        Some(Acted { refusal: Some(sentence), .. }) => Err(ApiError::Conflict(sentence)),
        Some(done) => Ok(done),
        None => Err(ApiError::NotFound("Nobody knows this task.".to_owned())),
    }
}
