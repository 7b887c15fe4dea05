//! Reading what a request brings: JSON, bounded, with the place of a mistake.

use super::{Api, Failed};
use crate::web::error::{Refusal, defect};
use crate::web::guard::{origin, size};
use app::view::NewTask;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A body longer than this is parsed away from the threads that serve everybody.
const LONGEST_READ_HERE: usize = 256 * 1024;

/// One task, or several.
#[derive(Debug)]
pub(super) enum Tasks {
    One(Box<NewTask>),
    Many(Vec<NewTask>),
}

impl Api {
    /// Reads one task or an array of tasks.
    pub(super) async fn read_tasks(&self, headers: &HeaderMap, body: Body) -> Result<Tasks, Failed> {
        if !origin::is_json(headers) {
            let sentence = "Tasks are sent as JSON, with the header Content-Type: application/json.";
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_needed", sentence).into());
        }
        let bytes = self.collect(body).await?;
        let tasks = if bytes.len() > LONGEST_READ_HERE {
            let read = crate::service::blocking(move || read(&bytes)).await;
            read.ok_or_else(|| defect("a request's body could not be read", "the reader ended"))??
        } else {
            read(&bytes)?
        };
        if let Tasks::Many(tasks) = &tasks {
            self.check_count(tasks.len())?;
        }
        Ok(tasks)
    }

    /// Reads a JSON object; no body at all is an empty one.
    pub(super) async fn read_object(
        &self,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Map<String, Value>, Failed> {
        let bytes = self.collect(body).await?;
        if bytes.is_empty() {
            return Ok(Map::new());
        }
        if !origin::is_json(headers) {
            let sentence = "A body is JSON, with the header Content-Type: application/json.";
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_needed", sentence).into());
        }
        Ok(parse(&bytes)?)
    }

    fn check_count(&self, count: usize) -> Result<(), Failed> {
        let sentence = match count {
            0 => "The array is empty: there is no task to send.".to_owned(),
            count if count > self.batch_limit => {
                format!("A request may send at most {} tasks; this one has {count}.", self.batch_limit)
            }
            _ => return Ok(()),
        };
        Err(Refusal::new(StatusCode::BAD_REQUEST, "bad_request", sentence).into())
    }

    async fn collect(&self, body: Body) -> Result<bytes::Bytes, Failed> {
        match body.collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if is_too_large(&error) => Err(size::too_large(self.body_limit).into()),
            Err(_) => {
                let sentence = "The connection ended before the request was complete.";
                Err(Refusal::new(StatusCode::BAD_REQUEST, "incomplete", sentence).into())
            }
        }
    }
}

/// The limit's error lies under the wrappings of those who passed it on.
fn is_too_large(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

fn read(bytes: &[u8]) -> Result<Tasks, Refusal> {
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        parse(bytes).map(Tasks::Many)
    } else {
        parse(bytes).map(|task| Tasks::One(Box::new(task)))
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (code, what) = if error.is_data() {
            ("bad_request", "The body does not describe what is asked for")
        } else {
            ("bad_json", "The body is not valid JSON")
        };
        Refusal::new(StatusCode::BAD_REQUEST, code, format!("{what}: {error}."))
    })
}
