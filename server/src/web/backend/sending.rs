//! Checking what somebody wants sent. Every sentence starts with the field it is about, so that a form can show it
//! there.

use super::Web;
use crate::client::{Send, SendError, SendOptions};
use crate::nearest::nearest;
use crate::protocol::time;
use crate::web::error::away;
use app::ApiError;
use app::view::NewTask;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

const LONGEST_NAME: usize = 255;
/// Ten years. A moment beyond that is a mistake in units rather than a plan.
const FARTHEST: Duration = Duration::from_secs(10 * 366 * 86_400);

/// The names that may be sent.
pub(super) enum Known {
    /// Some worker does not tell which tasks it has, so any name may be right.
    Any,
    Only(BTreeSet<String>),
}

impl Known {
    /// Those of this process and of the workers online.
    pub(super) fn of(web: &Web) -> Self {
        let workers = web.monitor.workers();
        let online = || workers.iter().filter(|worker| worker.online);
        let ours = web.tasks.iter().map(|task| task.name.clone());
        let names: BTreeSet<String> =
            ours.chain(online().flat_map(|worker| worker.registered.iter().cloned())).collect();
        let silent = online().any(|worker| worker.registered.is_empty());
        if silent || names.is_empty() { Self::Any } else { Self::Only(names) }
    }

    /// Whether this name may not be sent.
    pub(super) fn refusal(&self, name: &str) -> Option<Unknown<'_>> {
        match self {
            Self::Only(names) if !names.contains(name) => {
                Some(Unknown { meant: nearest(name, names.iter().map(String::as_str)) })
            }
            _ => None,
        }
    }
}

/// A name that may not be sent.
pub(super) struct Unknown<'a> {
    /// A name that may have been meant.
    pub(super) meant: Option<&'a str>,
}

pub(super) fn check(task: NewTask, known: &Known, now: DateTime<Utc>) -> Result<Send, ApiError> {
    check_name("name", &task.name)?;
    if let Some(Unknown { meant }) = known.refusal(&task.name) {
        let hint = meant.map_or_else(String::new, |meant| format!(" Did you mean \"{meant}\"?"));
        return wrong(&format!("name \"{}\" is not a task any worker has registered.{hint}", task.name));
    }
    if let Some(queue) = &task.queue {
        check_name("queue", queue)?;
    }
    if task.priority.is_some_and(|priority| priority > 9) {
        return wrong("priority is a number from 0, the most urgent, to 9.");
    }
    if task.countdown.is_some() && task.eta.is_some() {
        return wrong("countdown and eta say both when to run; give one of them.");
    }
    let options = SendOptions {
        countdown: task.countdown.map(|seconds| length("countdown", seconds)).transpose()?,
        eta: task.eta.map(|text| moment("eta", &text, now)).transpose()?,
        expires: task
            .expires
            .filter(|value| !value.is_null())
            .map(|value| expiry(&value, now))
            .transpose()?,
        queue: task.queue,
        priority: task.priority,
        ..SendOptions::default()
    };
    Ok(Send { name: task.name, args: task.args, kwargs: task.kwargs, options })
}

pub(super) fn check_name(field: &str, name: &str) -> Result<(), ApiError> {
    if name.trim().is_empty() {
        return wrong(&format!("{field} is empty."));
    }
    if name.len() > LONGEST_NAME {
        return wrong(&format!("{field} is {} bytes long; {LONGEST_NAME} are allowed.", name.len()));
    }
    if name.chars().any(char::is_control) {
        return wrong(&format!("{field} contains control characters."));
    }
    Ok(())
}

fn length(field: &str, seconds: f64) -> Result<Duration, ApiError> {
    match Duration::try_from_secs_f64(seconds) {
        Ok(length) if length <= FARTHEST => Ok(length),
        _ => wrong(&format!("{field} is a number of seconds from now, from 0 to ten years.")),
    }
}

fn moment(field: &str, text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, ApiError> {
    match time::parse(text.trim()) {
        Some(moment) if moment <= now + FARTHEST => Ok(moment),
        Some(_) => wrong(&format!("{field} is more than ten years from now.")),
        None => wrong(&format!("{field} is an ISO 8601 moment such as 2030-12-31T23:59:00Z.")),
    }
}

fn expiry(value: &Value, now: DateTime<Utc>) -> Result<DateTime<Utc>, ApiError> {
    match value {
        Value::String(text) => moment("expires", text, now),
        Value::Number(seconds) => Ok(now + length("expires", seconds.as_f64().unwrap_or(f64::NAN))?),
        _ => wrong("expires is an ISO 8601 moment or a number of seconds from now."),
    }
}

fn wrong<T>(sentence: &str) -> Result<T, ApiError> {
    Err(ApiError::BadRequest(sentence.to_owned()))
}

/// What the client says, for a person.
pub(super) fn told(error: SendError) -> ApiError {
    match error {
        SendError::Invalid(sentence) => ApiError::BadRequest(format!("{sentence}.")),
        SendError::Broker(error) => away("broker", error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn now() -> DateTime<Utc> {
        time::parse("2026-11-20T08:00:00Z").expect("a moment")
    }

    fn checked(task: Value) -> Result<Send, String> {
        let known = Known::Only(["demo.add".to_owned(), "demo.fetch".to_owned()].into());
        let task: NewTask = serde_json::from_value(task).expect("a task");
        check(task, &known, now()).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_right_task_keeps_its_options() {
        let send =
            checked(json!({"name": "demo.add", "args": [1], "countdown": 2.5, "expires": 60, "priority": 3}))
                .expect("all is right");
        assert_eq!(send.args, [1]);
        assert_eq!(send.options.countdown, Some(Duration::from_millis(2_500)));
        assert_eq!(send.options.expires, Some(now() + Duration::from_secs(60)));
        let send = checked(json!({"name": "demo.add", "eta": "2026-11-20T09:00:00+01:00", "expires": null}));
        let options = send.expect("all is right").options;
        assert_eq!((options.eta, options.expires), (Some(now()), None));
    }

    #[test]
    fn each_mistake_is_told_in_a_sentence_that_starts_with_its_field() {
        let cases = [
            (json!({"name": " "}), "name is empty."),
            (json!({"name": "demo.\u{0}add"}), "name contains control characters."),
            (json!({"name": "x".repeat(256)}), "name is 256 bytes long; 255 are allowed."),
            (
                json!({"name": "demo.ad"}),
                "name \"demo.ad\" is not a task any worker has registered. Did you mean \"demo.add\"?",
            ),
            (json!({"name": "shop.pay"}), "name \"shop.pay\" is not a task any worker has registered."),
            (json!({"name": "demo.add", "queue": ""}), "queue is empty."),
            (
                json!({"name": "demo.add", "priority": 10}),
                "priority is a number from 0, the most urgent, to 9.",
            ),
            (
                json!({"name": "demo.add", "countdown": 1, "eta": "2030-01-01"}),
                "countdown and eta say both when to run; give one of them.",
            ),
            (
                json!({"name": "demo.add", "countdown": -1}),
                "countdown is a number of seconds from now, from 0 to ten years.",
            ),
            (
                json!({"name": "demo.add", "countdown": 1e300}),
                "countdown is a number of seconds from now, from 0 to ten years.",
            ),
            (
                json!({"name": "demo.add", "eta": "soon"}),
                "eta is an ISO 8601 moment such as 2030-12-31T23:59:00Z.",
            ),
            (
                json!({"name": "demo.add", "eta": "9999-01-01T00:00:00Z"}),
                "eta is more than ten years from now.",
            ),
            (
                json!({"name": "demo.add", "expires": true}),
                "expires is an ISO 8601 moment or a number of seconds from now.",
            ),
            (
                json!({"name": "demo.add", "expires": -1}),
                "expires is a number of seconds from now, from 0 to ten years.",
            ),
        ];
        for (task, sentence) in cases {
            assert_eq!(checked(task).expect_err("it is wrong"), sentence);
        }
    }

    #[test]
    fn any_name_may_be_sent_when_nobody_tells_which_there_are() {
        let task = NewTask { name: "shop.pay".to_owned(), ..NewTask::default() };
        assert!(check(task, &Known::Any, now()).is_ok());
    }
}
