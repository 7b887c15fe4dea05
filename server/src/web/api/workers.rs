//! Workers.

use super::shape::{self, Worker};
use super::{Api, Failed, named};
use app::ApiError;
use app::view::WorkerAct;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};

pub(super) async fn list(State(api): State<Api>) -> Result<Json<Value>, Failed> {
    let workers: Vec<Worker> = api.backend.workers.list().await?.into_iter().map(Worker::from).collect();
    Ok(Json(json!({"workers": workers})))
}

pub(super) async fn get(
    State(api): State<Api>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Json<shape::WorkerDetail>, Failed> {
    Ok(Json(api.backend.workers.get(named(name)?).await?.into()))
}

/// Asks a worker for something, in Celery's words, and answers with its own.
pub(super) async fn act(
    State(api): State<Api>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Failed> {
    let unreadable = |_| ApiError::BadRequest("The name in the address is not valid UTF-8.".to_owned());
    let Path((name, act)) = path.map_err(unreadable)?;
    let mut arguments = api.read_object(&headers, body).await?;
    arguments.insert("act".to_owned(), Value::String(act));
    let act: WorkerAct = serde_json::from_value(Value::Object(arguments))
        .map_err(|error| ApiError::BadRequest(format!("This cannot be asked of a worker: {error}.")))?;
    let answer = api.backend.workers.act(name.clone(), act).await?;
    Ok(Json(json!({"worker": name, "answer": answer})))
}
