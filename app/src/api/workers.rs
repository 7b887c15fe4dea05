//! Workers: looking, asking, controlling.

#[cfg(feature = "ssr")]
use super::status::{tell_form, with_status};
use super::wire::Json;
use super::worker_form::WorkerForm;
use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::backend::Backend;
#[cfg(feature = "ssr")]
use crate::query::worker_href;
use crate::view::{Inspection, WorkerDetail, WorkerRow};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
#[cfg(feature = "ssr")]
use std::time::Duration;

/// How long the first paint of a page may wait for a worker to tell of itself.
#[cfg(feature = "ssr")]
const GLANCE: Duration = Duration::from_millis(300);
/// How long a question that nothing waits for may take.
#[cfg(feature = "ssr")]
const PATIENCE: Duration = Duration::from_secs(2);

/// Every worker heard of.
#[server(prefix = "/fn", endpoint = "list_workers", input = GetUrl, output = Json)]
pub async fn list_workers() -> Result<Vec<WorkerRow>, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.workers.list().await)
}

/// One worker with what it is doing.
#[server(prefix = "/fn", endpoint = "get_worker", input = GetUrl, output = Json)]
pub async fn get_worker(name: String) -> Result<WorkerDetail, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.workers.get(name).await)
}

/// What a worker says of itself: as far as it answers at once, or within two seconds when `patient`.
#[server(prefix = "/fn", endpoint = "inspect_worker", input = GetUrl, output = Json)]
pub async fn inspect_worker(name: String, patient: bool) -> Result<Inspection, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.workers.inspect(name, if patient { PATIENCE } else { GLANCE }).await)
}

/// Asks a worker to do what a form says. Answers with the worker's own words.
#[server(prefix = "/fn", endpoint = "control_worker", output = Json)]
pub async fn control_worker(#[server(flatten)] form: WorkerForm) -> Result<String, ApiError> {
    let act = with_status(form.read().map_err(ApiError::BadRequest))?;
    let backend = expect_context::<Backend>();
    let said = with_status(backend.workers.act(form.name.clone(), act).await)?;
    tell_form(&worker_href(&form.name), &said);
    Ok(said)
}
