//! Queues: looking, purging.

#[cfg(feature = "ssr")]
use super::status::{tell_form, with_status};
use super::wire::Json;
use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::backend::Backend;
#[cfg(feature = "ssr")]
use crate::query::queue_href;
use crate::view::{QueueDetail, QueueRow};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Every known queue.
#[server(prefix = "/fn", endpoint = "list_queues", input = GetUrl, output = Json)]
pub async fn list_queues() -> Result<Vec<QueueRow>, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.queues.list().await)
}

/// One queue with a page of what waits in it.
#[server(prefix = "/fn", endpoint = "get_queue", input = GetUrl, output = Json)]
pub async fn get_queue(name: String, offset: u64) -> Result<QueueDetail, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.queues.get(name, offset).await)
}

/// Drops everything that waits in a queue whose name was typed once more. Answers how many messages that were.
#[server(prefix = "/fn", endpoint = "purge_queue", output = Json)]
pub async fn purge_queue(name: String, #[server(default)] typed: String) -> Result<u64, ApiError> {
    if typed.trim() != name.trim() {
        let sentence = format!("Nothing was purged: type the name of the queue, {name}, to confirm.");
        return with_status(Err(ApiError::BadRequest(sentence)));
    }
    let backend = expect_context::<Backend>();
    let count = with_status(backend.queues.purge(name.clone()).await)?;
    tell_form(&queue_href(&name), &purged(count));
    Ok(count)
}

/// What came of purging, in words.
pub fn purged(count: u64) -> String {
    match count {
        0 => "There was nothing to purge".to_owned(),
        1 => "Purged 1 message".to_owned(),
        count => format!("Purged {} messages", crate::format::exact(count)),
    }
}
