//! Queues.

#[cfg(feature = "ssr")]
use super::status::with_status;
use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::backend::Backend;
use crate::view::QueueRow;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Every known queue.
#[server(prefix = "/fn", endpoint = "list_queues", input = GetUrl)]
pub async fn list_queues() -> Result<Vec<QueueRow>, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.queues.list().await)
}
