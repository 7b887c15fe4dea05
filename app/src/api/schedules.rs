//! Schedules: looking, pausing, running at once, removing.

#[cfg(feature = "ssr")]
use super::status::{tell_form, with_status};
use super::wire::Json;
use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::backend::Backend;
#[cfg(feature = "ssr")]
use crate::query::schedule_href;
use crate::view::{ScheduleCalendar as Calendar, ScheduleDetail, ScheduleFilter, SchedulePage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// A page of the list, with how the scheduler itself is.
#[server(prefix = "/fn", endpoint = "list_schedules", input = GetUrl, output = Json)]
pub async fn list_schedules(filter: ScheduleFilter) -> Result<SchedulePage, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.schedules.list(filter).await)
}

/// All that is known about one entry.
#[server(prefix = "/fn", endpoint = "get_schedule", input = GetUrl, output = Json)]
pub async fn get_schedule(name: String) -> Result<ScheduleDetail, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.schedules.get(name).await)
}

/// How much is to be expected in the next seven days, by the clock of a zone.
#[server(prefix = "/fn", endpoint = "schedule_calendar", input = GetUrl, output = Json)]
pub async fn schedule_calendar(zone: String) -> Result<Calendar, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.schedules.calendar(zone).await)
}

/// Turns an entry off, or on again. A form comes back to where it was.
#[server(prefix = "/fn", endpoint = "pause_schedule", output = Json)]
pub async fn pause_schedule(name: String, paused: bool) -> Result<(), ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.schedules.pause(name, paused).await)
}

/// Sends an entry's task at once, and answers with its id.
#[server(prefix = "/fn", endpoint = "run_schedule", output = Json)]
pub async fn run_schedule(name: String) -> Result<String, ApiError> {
    let backend = expect_context::<Backend>();
    let id = with_status(backend.schedules.run_now(name.clone()).await)?;
    tell_form(&schedule_href(&name), &format!("Sent the task {id}"));
    Ok(id)
}

/// Removes an entry whose name was typed once more.
#[server(prefix = "/fn", endpoint = "remove_schedule", output = Json)]
pub async fn remove_schedule(name: String, #[server(default)] typed: String) -> Result<(), ApiError> {
    if typed.trim() != name.trim() {
        let sentence = format!("Nothing was deleted: type the name of the schedule, {name}, to confirm.");
        return with_status(Err(ApiError::BadRequest(sentence)));
    }
    let backend = expect_context::<Backend>();
    with_status(backend.schedules.remove(name.clone()).await)?;
    tell_form("/schedules", &format!("Deleted {name}"));
    Ok(())
}
