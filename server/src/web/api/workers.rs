//! Workers.

use super::shape::{self, Worker};
use super::{Api, Failed, named};
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
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
