//! What to send, checked and turned into a message.

use super::ClientParts;
use crate::broker::BrokerError;
use crate::protocol::{Body, Headers, Message, TaskId, headers};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use std::time::Duration;

/// The longest countdown; beyond it lies a mistake in units rather than a plan.
const LONGEST_COUNTDOWN: Duration = Duration::from_secs(10 * 366 * 86_400);
const LONGEST_NAME: usize = 255;

/// A task to send.
///
/// ```
/// use umbel::client::Send;
/// let send = Send::new("demo.add").arg(1).kwarg("y", 2).queue("net").countdown(std::time::Duration::from_secs(5));
/// assert_eq!(send.args.len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Send {
    pub name: String,
    pub args: Vec<Value>,
    pub kwargs: Map<String, Value>,
    pub options: SendOptions,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct SendOptions {
    /// A fresh one where there is none.
    pub id: Option<TaskId>,
    pub queue: Option<String>,
    pub countdown: Option<Duration>,
    pub eta: Option<DateTime<Utc>>,
    pub expires: Option<DateTime<Utc>>,
    /// 0 is the most urgent, 9 the least.
    pub priority: Option<u8>,
    pub parent_id: Option<TaskId>,
    pub root_id: Option<TaskId>,
    /// The task this one repeats.
    pub retry_of: Option<TaskId>,
    /// Seconds the task may run at most.
    pub time_limit: Option<f64>,
    /// Seconds after which the task is asked to end.
    pub soft_time_limit: Option<f64>,
    /// The name it is shown under.
    pub shadow: Option<String>,
    pub ignore_result: Option<bool>,
    /// Headers of the sender's own, beside those every task has.
    pub headers: Map<String, Value>,
}

/// Why a task was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The sender's mistake; the sentence says how to put it right.
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Broker(#[from] BrokerError),
}

impl Send {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Adds a positional argument. A value that cannot be JSON (a map with keys other than text) becomes null.
    pub fn arg(mut self, value: impl Serialize) -> Self {
        self.args.push(serde_json::to_value(value).unwrap_or_default());
        self
    }

    /// Adds a keyword argument. A value that cannot be JSON (a map with keys other than text) becomes null.
    pub fn kwarg(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.kwargs.insert(name.into(), serde_json::to_value(value).unwrap_or_default());
        self
    }

    pub fn queue(mut self, queue: impl Into<String>) -> Self {
        self.options.queue = Some(queue.into());
        self
    }

    pub fn countdown(mut self, countdown: Duration) -> Self {
        self.options.countdown = Some(countdown);
        self
    }

    pub fn eta(mut self, eta: DateTime<Utc>) -> Self {
        self.options.eta = Some(eta);
        self
    }

    pub fn expires(mut self, expires: DateTime<Utc>) -> Self {
        self.options.expires = Some(expires);
        self
    }

    pub fn priority(mut self, priority: u8) -> Self {
        self.options.priority = Some(priority);
        self
    }

    pub fn id(mut self, id: TaskId) -> Self {
        self.options.id = Some(id);
        self
    }

    pub(super) fn into_message(self, client: &ClientParts, now: DateTime<Utc>) -> Result<Message, SendError> {
        let Self { name, args, kwargs, options } = self;
        check_name("a task's name", &name)?;
        let route = client.routes.get(&name);
        let queue =
            options.queue.or_else(|| route?.queue.clone()).unwrap_or_else(|| client.default_queue.clone());
        check_name("a queue's name", &queue)?;
        if let Some(shadow) = &options.shadow {
            check_name("the name a task is shown under", shadow)?;
        }
        if let Some(name) = options.headers.keys().find(|name| headers::NAMES.contains(&name.as_str())) {
            return invalid(&format!("the header {name} is written by Umbel itself; leave it out"));
        }
        let priority = options.priority.or_else(|| route?.priority).unwrap_or(0);
        if priority > 9 {
            return invalid("a priority is a number from 0, the most urgent, to 9");
        }
        let eta = match (options.countdown, options.eta) {
            (Some(_), Some(_)) => return invalid("give a countdown or an eta, not both"),
            (Some(countdown), None) if countdown > LONGEST_COUNTDOWN => {
                return invalid("a countdown is given in seconds and reaches ten years at most");
            }
            (Some(countdown), None) => chrono::Duration::from_std(countdown).ok().map(|wait| now + wait),
            (None, eta) => eta,
        };
        let body = Body::new(args, kwargs);
        let id = options.id.unwrap_or_else(TaskId::generate);
        let mut head = Headers::new(id, name);
        (head.argsrepr, head.kwargsrepr) = super::reprs(&body);
        head.eta = eta;
        head.expires = options.expires;
        head.parent_id = options.parent_id;
        head.root_id = options.root_id.or(head.root_id);
        head.timelimit = (options.time_limit, options.soft_time_limit);
        head.shadow = options.shadow;
        head.ignore_result = options.ignore_result;
        head.extra = options.headers;
        head.origin = client.speaker.hostname().to_owned();
        if let Some(original) = options.retry_of {
            head.extra.insert(headers::RETRY_OF.to_owned(), Value::String(original.as_str().to_owned()));
        }
        Ok(Message { headers: head, body: body.encode(), queue, priority })
    }
}

fn check_name(what: &str, name: &str) -> Result<(), SendError> {
    if name.is_empty() {
        return invalid(&format!("{what} must not be empty"));
    }
    if name.len() > LONGEST_NAME {
        return invalid(&format!("{what} has at most {LONGEST_NAME} bytes, this one has {}", name.len()));
    }
    if name.chars().any(char::is_control) {
        return invalid(&format!("{what} must not contain control characters"));
    }
    Ok(())
}

fn invalid<T>(sentence: &str) -> Result<T, SendError> {
    Err(SendError::Invalid(sentence.to_owned()))
}
