//! Is it alive, and can it work? For load balancers, process keepers and scripts.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::future::{BoxFuture, join_all};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// A part that does not answer within this time is counted as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// A part the product cannot work without.
pub trait Part: Send + Sync {
    fn name(&self) -> &'static str;
    /// Asks it something small. The error is a sentence without secrets.
    fn probe(&self) -> BoxFuture<'_, Result<(), String>>;
}

/// All parts that are asked.
#[derive(Clone)]
pub(crate) struct Parts(pub(crate) Arc<[Arc<dyn Part>]>);

/// The process answers: nothing more is said.
pub(crate) async fn alive() -> &'static str {
    "OK"
}

/// Whether every part answers, each by its name.
pub(crate) async fn ready(State(Parts(parts)): State<Parts>) -> Response {
    let asked = join_all(parts.iter().map(|part| async {
        let answer = tokio::time::timeout(PATIENCE, part.probe()).await;
        (part.name(), answer.unwrap_or_else(|_| Err("does not answer in time".to_owned())))
    }))
    .await;
    let ready = asked.iter().all(|(_, answer)| answer.is_ok());
    let parts: Map<String, Value> = asked
        .into_iter()
        .map(|(name, answer)| (name.to_owned(), answer.map_or_else(Value::String, |()| json!("ok"))))
        .collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({"ready": ready, "parts": parts}))).into_response()
}
