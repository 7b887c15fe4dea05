//! The form that adds and edits a schedule: what it starts with, what its fields would do, and storing them.
//!
//! Its fields are read on the server only, so the browser carries no code for it.

mod fields;
#[cfg(feature = "ssr")]
mod mistakes;
#[cfg(feature = "ssr")]
mod read;
#[cfg(feature = "ssr")]
mod server;
#[cfg(feature = "ssr")]
mod written;

pub use fields::mistakes_in;

#[cfg(feature = "ssr")]
use super::status::{lead_back, with_status};
use super::wire::Json;
use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::backend::Backend;
#[cfg(feature = "ssr")]
use crate::query::encode;
use crate::view::{FieldMistake, ScheduleForm, Upcoming};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos::server_fn::ServerFn;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

/// What the form is opened with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenedForm {
    pub form: ScheduleForm,
    /// The names of registered tasks.
    pub tasks: Vec<String>,
    pub queues: Vec<String>,
    /// Names of common time zones.
    pub zones: Vec<String>,
    /// The zone of entries that name none, where that is known.
    pub zone: Option<String>,
    pub glance: Glance,
}

/// What the fields mean as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glance {
    /// The parameters of the task, and what it does; or that nobody has registered it.
    pub task: Option<String>,
    /// When it is due, in words. Empty while that cannot be said.
    pub words: String,
    /// The next moments, told in the zone that was asked for.
    pub upcoming: Vec<Upcoming>,
    /// What is wrong, each at its field of the form.
    pub mistakes: Vec<FieldMistake>,
    /// Why nothing can be said about it at the moment.
    pub trouble: Option<String>,
}

/// The form with what stands in the address, or else with the entry that is to be edited.
#[server(prefix = "/fn", endpoint = "open_schedule_form", input = GetUrl, output = Json)]
pub async fn open_schedule_form(
    typed: ScheduleForm,
    zone: String,
    edited: Option<String>,
) -> Result<OpenedForm, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(server::open(&backend, typed, zone, edited).await)
}

/// What the fields would do, told in this zone (the entry's own where that is empty). Fields that are still empty
/// are wrong only when the form is asked to be `complete`.
#[server(prefix = "/fn", endpoint = "preview_schedule", output = Json)]
pub async fn preview_schedule(form: ScheduleForm, zone: String, complete: bool) -> Result<Glance, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(server::glance(&backend, &form, zone, complete).await)
}

/// Stores what the fields say, as a new entry or in place of another one, and leads to its page.
#[server(prefix = "/fn", endpoint = "put_schedule", output = Json)]
pub async fn put_schedule(
    #[server(flatten)] form: ScheduleForm,
    #[server(default)] instead_of: String,
) -> Result<(), ApiError> {
    let backend = expect_context::<Backend>();
    let instead_of = Some(instead_of).filter(|name| !name.is_empty());
    match with_status(server::put(&backend, &form, instead_of.clone()).await) {
        Ok(()) => {
            leptos_axum::redirect(&format!("/schedules/{}", encode(form.name.trim())));
            Ok(())
        }
        Err(error) => {
            lead_back(PutSchedule::PATH, &form.href(instead_of.as_deref()), &error);
            Err(error)
        }
    }
}
