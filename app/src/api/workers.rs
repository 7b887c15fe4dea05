//! Workers.

#[cfg(feature = "ssr")]
use super::status::with_status;
use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::backend::Backend;
use crate::view::{WorkerDetail, WorkerRow};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Every worker heard of.
#[server(prefix = "/fn", endpoint = "list_workers", input = GetUrl)]
pub async fn list_workers() -> Result<Vec<WorkerRow>, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.workers.list().await)
}

/// One worker with what it is doing.
#[server(prefix = "/fn", endpoint = "get_worker", input = GetUrl)]
pub async fn get_worker(name: String) -> Result<WorkerDetail, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.workers.get(name).await)
}
