//! Tasks: looking, sending, cancelling, retrying.

#[cfg(feature = "ssr")]
use super::acted::{some_chosen, some_done};
use super::form::TaskForm;
#[cfg(feature = "ssr")]
use super::status::{lead_back, with_status};
use super::wire::Json;
use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::backend::Backend;
use crate::query::TaskQuery;
#[cfg(feature = "ssr")]
use crate::query::encode;
use crate::view::{Acted, Page, RegisteredTask, TaskDetail, TaskRow};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos::server_fn::ServerFn;
use leptos::server_fn::codec::GetUrl;

/// One page of the list. Relative times in the query count from the server's clock.
#[server(prefix = "/fn", endpoint = "list_tasks", input = GetUrl, output = Json)]
pub async fn list_tasks(query: TaskQuery) -> Result<Page<TaskRow>, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.tasks.list(query.to_filter(crate::live::wall_clock())).await)
}

/// All that is known about one task.
#[server(prefix = "/fn", endpoint = "get_task", input = GetUrl, output = Json)]
pub async fn get_task(id: String) -> Result<TaskDetail, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.tasks.get(id).await)
}

/// The tasks that workers have registered.
#[server(prefix = "/fn", endpoint = "registered_tasks", input = GetUrl, output = Json)]
pub async fn registered_tasks() -> Result<Vec<RegisteredTask>, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.tasks.registered().await)
}

/// Sends one task out of a form's fields and leads to its page. Answers with its id.
#[server(prefix = "/fn", endpoint = "send_task", output = Json)]
pub async fn send_task(#[server(flatten)] form: TaskForm) -> Result<String, ApiError> {
    let typed = form.href();
    match with_status(sent_id(form).await) {
        Ok(id) => {
            leptos_axum::redirect(&format!("/tasks/{}", encode(&id)));
            Ok(id)
        }
        Err(error) => {
            lead_back(SendTask::PATH, &typed, &error);
            Err(error)
        }
    }
}

#[cfg(feature = "ssr")]
async fn sent_id(form: TaskForm) -> Result<String, ApiError> {
    let task = form.read().map_err(|wrong| ApiError::BadRequest(wrong.sentence))?;
    let ids = expect_context::<Backend>().tasks.send(vec![task]).await?;
    ids.into_iter()
        .next()
        .ok_or_else(|| ApiError::Internal("The task was sent, but its id is not known.".to_owned()))
}

/// Revokes what waits, terminates what runs.
#[server(prefix = "/fn", endpoint = "cancel_tasks", output = Json)]
pub async fn cancel_tasks(#[server(default)] ids: Vec<String>) -> Result<Vec<Acted>, ApiError> {
    let ids = with_status(some_chosen(ids))?;
    let backend = expect_context::<Backend>();
    with_status(backend.tasks.cancel(ids).await.and_then(some_done))
}

/// Sends each again as a new task with the same arguments.
#[server(prefix = "/fn", endpoint = "retry_tasks", output = Json)]
pub async fn retry_tasks(#[server(default)] ids: Vec<String>) -> Result<Vec<Acted>, ApiError> {
    let ids = with_status(some_chosen(ids))?;
    let backend = expect_context::<Backend>();
    with_status(backend.tasks.retry(ids).await.and_then(some_done))
}
