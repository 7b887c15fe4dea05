//! Queues.

use super::shape::{Queue, QueueDetail};
use super::{Api, Failed, named};
use app::ApiError;
use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) async fn list(State(api): State<Api>) -> Result<Json<Value>, Failed> {
    let queues: Vec<Queue> = api.backend.queues.list().await?.into_iter().map(Queue::from).collect();
    Ok(Json(json!({"queues": queues})))
}

/// Which page of what waits.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct From {
    offset: u64,
}

pub(super) async fn get(
    State(api): State<Api>,
    name: Result<Path<String>, PathRejection>,
    from: Result<Query<From>, QueryRejection>,
) -> Result<Json<QueueDetail>, Failed> {
    let wrong =
        |_| ApiError::BadRequest("offset is how many of the waiting messages to pass over.".to_owned());
    let Query(From { offset }) = from.map_err(wrong)?;
    Ok(Json(api.backend.queues.get(named(name)?, offset).await?.into()))
}

pub(super) async fn purge(
    State(api): State<Api>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Failed> {
    let purged = api.backend.queues.purge(named(name)?).await?;
    Ok(Json(json!({"purged": purged})))
}
