//! Queues.

use super::shape::Queue;
use super::{Api, Failed};
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

pub(super) async fn list(State(api): State<Api>) -> Result<Json<Value>, Failed> {
    let queues: Vec<Queue> = api.backend.queues.list().await?.into_iter().map(Queue::from).collect();
    Ok(Json(json!({"queues": queues})))
}
