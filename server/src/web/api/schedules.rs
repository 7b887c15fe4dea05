//! Schedules: looking, storing, pausing, running, and what an entry would do.

use super::shape::{Calendar, Preview, Schedule, ScheduleDetail, Scheduler, moment};
use super::{Api, Failed, named};
use crate::nearest::nearest;
use crate::web::convert::schedule::sentence;
use crate::web::error::Refusal;
use app::ApiError;
use app::view::{FieldMistake, ScheduleFilter, ScheduleSort, StandingFilter};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

type Name = Result<Path<String>, PathRejection>;
type Answer = Result<Json<Value>, Failed>;

/// Which entries, as text. What is empty is as good as left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    search: String,
    standing: String,
    sort: String,
    offset: String,
}

pub(super) async fn list(
    State(api): State<Api>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<Value>, Failed> {
    let unreadable = |_| ApiError::BadRequest("Each parameter may be given once.".to_owned());
    let page = api.backend.schedules.list(which.map_err(unreadable)?.0.filter()?).await?;
    let schedules: Vec<Schedule> = page.rows.into_iter().map(Schedule::from).collect();
    Ok(Json(json!({
        "schedules": schedules,
        "total": page.total,
        "unfiltered": page.unfiltered,
        "scheduler": Scheduler::from(page.scheduler),
        "now": moment(Some(page.now)),
    })))
}

impl Which {
    fn filter(self) -> Result<ScheduleFilter, ApiError> {
        let offset = match self.offset.as_str() {
            "" => 0,
            text => text.parse().map_err(|_| {
                ApiError::BadRequest("offset is how many of the entries to pass over.".to_owned())
            })?,
        };
        Ok(ScheduleFilter {
            search: self.search,
            standing: word::<StandingFilter>(
                "standing",
                &self.standing,
                &["active", "paused", "done", "broken"],
            )?,
            sort: word::<ScheduleSort>("sort", &self.sort, &["next", "name", "last"])?.unwrap_or_default(),
            offset,
        })
    }
}

/// One of the words that a parameter may be.
fn word<T: DeserializeOwned>(field: &str, text: &str, words: &[&str]) -> Result<Option<T>, ApiError> {
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_value(Value::from(text)).map(Some).map_err(|_| {
        let hint = nearest(text, words.iter().copied())
            .map_or_else(String::new, |meant| format!(" Did you mean \"{meant}\"?"));
        ApiError::BadRequest(format!("{field} is one of {}.{hint}", words.join(", ")))
    })
}

pub(super) async fn get(State(api): State<Api>, name: Name) -> Result<Json<ScheduleDetail>, Failed> {
    Ok(Json(api.backend.schedules.get(named(name)?).await?.into()))
}

/// Stores an entry: a new one, or in place of the one of that name. With `If-None-Match: *` only a new one.
pub(super) async fn put(
    State(api): State<Api>,
    name: Name,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<ScheduleDetail>), Failed> {
    let name = named(name)?;
    let definition = Value::Object(api.read_object(&headers, body).await?);
    let schedules = &api.backend.schedules;
    let preview = schedules.preview(definition.clone(), String::new()).await?;
    if !preview.mistakes.is_empty() {
        return Err(wrong(preview.mistakes));
    }
    let only_new = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == "*");
    let is_there = !only_new
        && match schedules.get(name.clone()).await {
            Ok(_) => true,
            Err(ApiError::NotFound(_)) => false,
            Err(error) => return Err(error.into()),
        };
    schedules.put(name.clone(), definition, is_there.then(|| name.clone())).await?;
    let status = if is_there { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(schedules.get(name).await?.into())))
}

pub(super) async fn remove(State(api): State<Api>, name: Name) -> Answer {
    let name = named(name)?;
    api.backend.schedules.remove(name.clone()).await?;
    Ok(Json(json!({"removed": name})))
}

pub(super) async fn pause(State(api): State<Api>, name: Name) -> Answer {
    api.set_paused(named(name)?, true).await
}

pub(super) async fn resume(State(api): State<Api>, name: Name) -> Answer {
    api.set_paused(named(name)?, false).await
}

impl Api {
    async fn set_paused(&self, name: String, paused: bool) -> Answer {
        self.backend.schedules.pause(name.clone(), paused).await?;
        Ok(Json(json!({"name": name, "paused": paused})))
    }
}

/// Sends an entry's task at once.
pub(super) async fn run(State(api): State<Api>, name: Name) -> Result<(StatusCode, Json<Value>), Failed> {
    let id = api.backend.schedules.run_now(named(name)?).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({"id": id}))))
}

/// The zone in which moments are told; the entry's or the scheduler's own where there is none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Zone {
    timezone: String,
}

fn zone(query: Result<Query<Zone>, QueryRejection>) -> Result<String, ApiError> {
    let wrong = |_| ApiError::BadRequest("timezone is a zone's name such as Europe/Berlin.".to_owned());
    Ok(query.map_err(wrong)?.0.timezone)
}

/// What an entry would do. What is wrong with it is part of the answer, because the rest is of use all the same.
pub(super) async fn preview(
    State(api): State<Api>,
    query: Result<Query<Zone>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Preview>, Failed> {
    let zone = zone(query)?;
    let definition = Value::Object(api.read_object(&headers, body).await?);
    Ok(Json(api.backend.schedules.preview(definition, zone).await?.into()))
}

pub(super) async fn calendar(
    State(api): State<Api>,
    query: Result<Query<Zone>, QueryRejection>,
) -> Result<Json<Calendar>, Failed> {
    Ok(Json(api.backend.schedules.calendar(zone(query)?).await?.into()))
}

/// All mistakes of an entry: in one message for people, and each with its field for programs.
fn wrong(mistakes: Vec<FieldMistake>) -> Failed {
    let told: Vec<String> = mistakes.iter().map(sentence).collect();
    Refusal { fields: mistakes, ..Refusal::new(StatusCode::BAD_REQUEST, "bad_request", told.join(" ")) }
        .into()
}
