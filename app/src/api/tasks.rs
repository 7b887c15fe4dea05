//! Tasks: looking, sending, cancelling, retrying.

use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::backend::Backend;
use crate::query::TaskQuery;
use crate::view::{Acted, Page, RegisteredTask, TaskDetail, TaskRow};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// One page of the list. Relative times in the query count from the server's clock.
#[server(prefix = "/fn", endpoint = "list_tasks", input = GetUrl)]
pub async fn list_tasks(query: TaskQuery) -> Result<Page<TaskRow>, ApiError> {
    let backend = expect_context::<Backend>();
    backend.tasks.list(query.to_filter(crate::live::wall_clock())).await
}

/// All that is known about one task.
#[server(prefix = "/fn", endpoint = "get_task", input = GetUrl)]
pub async fn get_task(id: String) -> Result<TaskDetail, ApiError> {
    let backend = expect_context::<Backend>();
    backend.tasks.get(id).await
}

/// The tasks that workers have registered.
#[server(prefix = "/fn", endpoint = "registered_tasks", input = GetUrl)]
pub async fn registered_tasks() -> Result<Vec<RegisteredTask>, ApiError> {
    let backend = expect_context::<Backend>();
    backend.tasks.registered().await
}

/// Sends one task out of a form's fields and leads to its page. Answers with its id.
#[server(prefix = "/fn", endpoint = "send_task")]
pub async fn send_task(#[server(flatten)] form: super::form::TaskForm) -> Result<String, ApiError> {
    let task = form.read().map_err(|wrong| ApiError::BadRequest(wrong.sentence))?;
    let backend = expect_context::<Backend>();
    let sent = backend.tasks.send(vec![task]).await?;
    let id = sent.into_iter().next().ok_or_else(|| ApiError::Internal("No task was sent.".to_owned()))?;
    leptos_axum::redirect(&format!("/tasks/{}", crate::query::encode(&id)));
    Ok(id)
}

/// Revokes what waits, terminates what runs.
#[server(prefix = "/fn", endpoint = "cancel_tasks")]
pub async fn cancel_tasks(#[server(default)] ids: Vec<String>) -> Result<Vec<Acted>, ApiError> {
    let backend = expect_context::<Backend>();
    super::acted::some_done(backend.tasks.cancel(super::acted::some_chosen(ids)?).await?)
}

/// Sends each again as a new task with the same arguments.
#[server(prefix = "/fn", endpoint = "retry_tasks")]
pub async fn retry_tasks(#[server(default)] ids: Vec<String>) -> Result<Vec<Acted>, ApiError> {
    let backend = expect_context::<Backend>();
    super::acted::some_done(backend.tasks.retry(super::acted::some_chosen(ids)?).await?)
}
