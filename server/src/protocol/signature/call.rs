//! From a signature to the message that calls its task.

use super::{Signature, SignatureError};
use crate::protocol::body::{Body, Embed};
use crate::protocol::{Headers, Message, TaskId, repr, time};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

/// What a sender knows and a signature does not.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The id of the call, unless the signature's options name one.
    pub id: TaskId,
    /// What `countdown` and `expires` in seconds count from.
    pub now: DateTime<Utc>,
    /// Who sends it: `gen<pid>@<host>` in Celery.
    pub origin: &'a str,
    /// The queue, unless the signature's options name one.
    pub queue: &'a str,
    /// The headers of the task that sends it, which becomes its parent and passes on its root.
    pub parent: Option<&'a Headers>,
}

/// Why a signature cannot be called.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CallError {
    #[error("the option {0} of the signature is wrong: {1}")]
    Option(&'static str, String),
    #[error("a {0} is not one call: send its parts")]
    Composite(String),
}

impl From<(&'static str, SignatureError)> for CallError {
    fn from((name, error): (&'static str, SignatureError)) -> Self {
        Self::Option(name, error.to_string())
    }
}

impl Signature {
    /// The message of this call. Give it its result with [`Signature::prepend`] first.
    ///
    /// `chain`, `chord`, `link` and `link_error` among the options go into its embed, so the rest of a chain is handed
    /// on by setting the option `chain`. Chains, groups and chords are not calls and must be taken apart before.
    pub fn into_message(self, call: Call<'_>) -> Result<Message, CallError> {
        if let Some(kind @ ("chain" | "group" | "chord")) = self.subtask_type.as_deref() {
            return Err(CallError::Composite(kind.to_owned()));
        }
        let mut headers = Headers::new(self.task_id().unwrap_or(call.id), self.task.clone());
        self.relate(&mut headers, call.parent);
        self.schedule(&mut headers, call.now)?;
        let text = |name: &str| self.option_text(name).map(str::to_owned);
        headers.shadow = text("shadow");
        headers.argsrepr = text("argsrepr").unwrap_or_else(|| repr::args_repr(&self.args));
        headers.kwargsrepr = text("kwargsrepr").unwrap_or_else(|| repr::kwargs_repr(&self.kwargs));
        headers.origin = text("origin").unwrap_or_else(|| call.origin.to_owned());
        headers.ignore_result = self.option("ignore_result").and_then(Value::as_bool);
        headers.retries = self.count("retries")?;
        headers.replaced_task_nesting = self.count("replaced_task_nesting")?;
        headers.timelimit = (self.seconds("time_limit")?, self.seconds("soft_time_limit")?);
        self.stamp(&mut headers)?;
        let headers = self.own_headers(headers)?;
        let priority = self.option("priority").and_then(Value::as_f64).unwrap_or(0.0) as u8;
        let queue = text("queue").or_else(|| text("routing_key")).unwrap_or_else(|| call.queue.to_owned());
        let embed = Embed {
            callbacks: self.list("link")?,
            errbacks: self.list("link_error")?,
            chain: self.option("chain").cloned(),
            chord: self.option("chord").cloned(),
        };
        let body = Body { args: self.args, kwargs: self.kwargs, embed };
        Ok(Message { headers, body: body.encode(), queue, priority })
    }

    /// Root, parent and group.
    fn relate(&self, headers: &mut Headers, parent: Option<&Headers>) {
        let id = |name: &str| self.option_text(name).map(TaskId::from);
        let roots = parent.map(|parent| parent.root_id.as_ref().unwrap_or(&parent.id));
        headers.root_id = Some(id("root_id").or(roots.cloned()).unwrap_or_else(|| headers.id.clone()));
        headers.parent_id = id("parent_id").or(parent.map(|parent| parent.id.clone()));
        headers.group = self.option_text("group_id").map(str::to_owned);
        headers.group_index = self.option("group_index").and_then(Value::as_i64);
    }

    /// `eta` or `countdown`, and `expires` as a moment or in seconds.
    fn schedule(&self, headers: &mut Headers, now: DateTime<Utc>) -> Result<(), CallError> {
        headers.eta = match self.option("countdown").and_then(Value::as_f64).filter(|seconds| *seconds != 0.0)
        {
            Some(seconds) => Some(later(now, seconds).ok_or_else(|| wrong("countdown", &seconds.into()))?),
            None => self.option("eta").map(|value| moment("eta", value)).transpose()?,
        };
        headers.expires = match self.option("expires") {
            None => None,
            Some(Value::Number(number)) => {
                let seconds = number.as_f64().unwrap_or(f64::INFINITY);
                Some(later(now, seconds).ok_or_else(|| wrong("expires", &Value::Number(number.clone())))?)
            }
            Some(value) => Some(moment("expires", value)?),
        };
        Ok(())
    }

    /// Stamps are options named in `stamped_headers`.
    fn stamp(&self, headers: &mut Headers) -> Result<(), CallError> {
        let Some(names) = self.option("stamped_headers") else { return Ok(()) };
        let names: Vec<String> =
            serde_json::from_value(names.clone()).map_err(|_| wrong("stamped_headers", names))?;
        let stamp = |name: &String| self.options.get(name).map(|value| (name.clone(), value.clone()));
        headers.stamps = names.iter().filter_map(stamp).collect();
        headers.stamped_headers = Some(names);
        Ok(())
    }

    /// The sender's own headers come last, and may replace Celery's.
    fn own_headers(&self, headers: Headers) -> Result<Headers, CallError> {
        let Some(Value::Object(own)) =
            self.option("headers").filter(|own| *own != &Value::Object(Map::new()))
        else {
            return Ok(headers);
        };
        let mut all = serde_json::to_value(&headers).expect("headers have text for keys");
        all.as_object_mut().expect("headers are an object").extend(own.clone());
        serde_json::from_value(all).map_err(|error| CallError::Option("headers", error.to_string()))
    }

    fn list(&self, name: &'static str) -> Result<Option<Value>, CallError> {
        match Self::parse_list(self.option(name)).map_err(|error| (name, error))? {
            none if none.is_empty() => Ok(None),
            some => Ok(Some(some.iter().map(Self::to_value).collect())),
        }
    }

    fn count(&self, name: &'static str) -> Result<u32, CallError> {
        let Some(value) = self.option(name) else { return Ok(0) };
        value.as_u64().and_then(|number| u32::try_from(number).ok()).ok_or_else(|| wrong(name, value))
    }

    fn seconds(&self, name: &'static str) -> Result<Option<f64>, CallError> {
        self.option(name).map(|value| value.as_f64().ok_or_else(|| wrong(name, value))).transpose()
    }
}

fn wrong(name: &'static str, value: &Value) -> CallError {
    CallError::Option(name, repr::repr(value))
}

/// ISO 8601, as text or as kombu writes a `datetime`.
fn moment(name: &'static str, value: &Value) -> Result<DateTime<Utc>, CallError> {
    let text = value.as_str().or_else(|| value.get("__value__").and_then(Value::as_str));
    text.and_then(time::parse).ok_or_else(|| wrong(name, value))
}

fn later(now: DateTime<Utc>, seconds: f64) -> Option<DateTime<Utc>> {
    let micros = (seconds * 1e6).round();
    (micros.abs() < 9e15).then(|| now.checked_add_signed(TimeDelta::microseconds(micros as i64))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: &str = "2026-11-20T06:57:34+00:00";

    fn call<'a>(parent: Option<&'a Headers>) -> Call<'a> {
        let now = time::parse(NOW).expect("valid");
        Call { id: "fresh".into(), now, origin: "umbel@host", queue: "celery", parent }
    }

    fn signature(options: Value) -> Signature {
        Signature::parse(json!({"task": "proj.add", "args": [10], "options": options})).expect("sound")
    }

    #[test]
    fn a_callback_is_a_child_of_its_task() {
        let mut parent = Headers::new("a".into(), "proj.first");
        parent.root_id = Some("r".into());
        let mut callback = signature(json!({}));
        callback.prepend([json!(3)]);
        let message = callback.into_message(call(Some(&parent))).expect("sound");
        assert_eq!(message.headers.id, TaskId::from("fresh"));
        assert_eq!(
            (message.headers.root_id, message.headers.parent_id),
            (Some("r".into()), Some("a".into()))
        );
        assert_eq!((message.queue.as_str(), message.priority), ("celery", 0));
        assert_eq!(message.headers.argsrepr, "(3, 10)");
        assert_eq!(
            message.body,
            r#"[[3,10],{},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"#.as_bytes()
        );
    }

    #[test]
    fn options_become_headers_and_embed() {
        let options = json!({
            "task_id": "chosen", "group_id": "g", "group_index": 2, "countdown": 1.5, "expires": 60, "queue": "other",
            "priority": 6, "time_limit": 30, "soft_time_limit": 20, "stamped_headers": ["who"], "who": "me",
            "headers": {"x-own": 1, "shadow": "nick"}, "chain": [{"task": "last"}], "link": {"task": "linked"},
            "chord": null, "retries": 1, "ignore_result": true,
        });
        let message = signature(options).into_message(call(None)).expect("sound");
        let headers = &message.headers;
        assert_eq!(
            (headers.id.as_str(), headers.root_id.as_ref()),
            ("chosen", Some(&TaskId::from("chosen")))
        );
        assert_eq!((headers.group.as_deref(), headers.group_index), (Some("g"), Some(2)));
        assert_eq!(headers.eta.map(time::format).as_deref(), Some("2026-11-20T06:57:35.500000+00:00"));
        assert_eq!(headers.expires.map(time::format).as_deref(), Some("2026-11-20T06:58:34+00:00"));
        assert_eq!((headers.timelimit, headers.retries), ((Some(30.0), Some(20.0)), 1));
        assert_eq!((headers.stamps["who"].as_str(), headers.shadow.as_deref()), (Some("me"), Some("nick")));
        assert_eq!((headers.extra["x-own"].as_i64(), headers.ignore_result), (Some(1), Some(true)));
        assert_eq!((message.queue.as_str(), message.priority), ("other", 6));
        let embed = Body::decode(&message.body).expect("sound").embed;
        assert_eq!(embed.chain, Some(json!([{"task": "last"}])));
        assert_eq!(embed.callbacks.expect("linked")[0]["task"], "linked");
        assert_eq!((embed.errbacks, embed.chord), (None, None));
    }

    #[test]
    fn wrong_options_are_named() {
        for (name, value) in [
            ("eta", json!("soon")),
            ("expires", json!([])),
            ("retries", json!(-1)),
            ("time_limit", json!("long")),
            ("link", json!(["x"])),
            ("headers", json!({"retries": "x"})),
            ("stamped_headers", json!(5)),
            ("countdown", json!(1e300)),
        ] {
            let error = signature(json!({name: value})).into_message(call(None)).expect_err(name);
            assert!(matches!(error, CallError::Option(named, _) if named == name), "{error}");
        }
        let group = Signature { subtask_type: Some("group".to_owned()), ..Signature::new("celery.group") };
        assert_eq!(group.into_message(call(None)), Err(CallError::Composite("group".to_owned())));
    }
}
