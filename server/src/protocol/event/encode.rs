//! Writes events as a Celery worker does: its task events in lists on one channel, everything else one by one.
//!
//! What Celery does not know of has names that begin with `umbel_` and stands there only where it is set:
//!
//! | field | on | meaning |
//! |---|---|---|
//! | `umbel_priority` | task-sent, task-received | the message's priority |
//! | `umbel_body`, `umbel_body_size` | the same | the message's body as a text, unless it is large, and its size in bytes |
//! | `umbel_retry_of` | the same | the task this one is a manual retry of |
//! | `umbel_eta` | task-retried | when the next attempt becomes due, in seconds since the epoch |
//! | `umbel_state`, `umbel_meta` | umbel-told | a state that a task gave itself, and its meta |
//! | `umbel_slots`, `umbel_queues`, `umbel_pool`, `umbel_tasks` | worker events | tasks at once, queues, kind of pool, names of tasks |

use super::{Event, EventKind, TaskInfo, WorkerInfo};
use crate::protocol::envelope::{self, Address};
use crate::protocol::time;
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

/// Events of one message, in bytes of JSON. In base64 and with its envelope it stays below 256 KiB.
const LIST: usize = 184 * 1024;
/// A longer body stays at home: all who listen, and Redis for each of them, would have to hold it.
const BODY: usize = 64 * 1024;
/// The type under which a state travels that a task gave itself. Celery's workers say nothing of those. Called
/// `task-<state>`, its monitors would rank it above REVOKED, and show a task that was terminated as under way for ever.
pub(super) const TOLD: &str = "umbel-told";
/// The channel of lists.
const MULTI: &str = "task.multi";

/// A message to publish.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Celery's routing key, which is the end of the channel's name: `task.multi`, `worker.heartbeat`.
    pub routing_key: Cow<'static, str>,
    pub payload: Vec<u8>,
    /// How many events are in it.
    pub events: usize,
}

#[derive(Serialize)]
struct Headers<'a> {
    hostname: &'a str,
}

/// Writes events in their order. Each message needs a tag of its own.
pub fn encode(events: &[Event], mut tag: impl FnMut() -> Uuid) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut list = List::default();
    let mut text = Vec::with_capacity(1024);
    for event in events {
        text.clear();
        write(&mut text, event);
        if event.kind.task_id().is_none() {
            frames.extend(list.close(&mut tag));
            let routing_key = event.kind.type_name().replace('-', ".");
            frames.push(frame(routing_key.into(), event, &text, 1, tag()));
        } else {
            if !list.takes(event, &text) {
                frames.extend(list.close(&mut tag));
            }
            list.add(event, &text);
        }
    }
    frames.extend(list.close(&mut tag));
    frames
}

/// Events of one node that share a message.
#[derive(Default)]
struct List<'a> {
    first: Option<&'a Event>,
    body: Vec<u8>,
    count: usize,
}

impl<'a> List<'a> {
    fn takes(&self, event: &Event, text: &[u8]) -> bool {
        self.first.is_none_or(|first| first.hostname == event.hostname && self.body.len() + text.len() < LIST)
    }

    fn add(&mut self, event: &'a Event, text: &[u8]) {
        self.body.push(if self.count == 0 { b'[' } else { b',' });
        self.body.extend_from_slice(text);
        self.first.get_or_insert(event);
        self.count += 1;
    }

    fn close(&mut self, tag: &mut impl FnMut() -> Uuid) -> Option<Frame> {
        let first = self.first.take()?;
        // A client that sends one task says so without a list, on the channel of its type.
        let alone = self.count == 1 && matches!(first.kind, EventKind::TaskSent(_));
        let closed = if alone {
            frame("task.sent".into(), first, &self.body[1..], 1, tag())
        } else {
            self.body.push(b']');
            frame(MULTI.into(), first, &self.body, self.count, tag())
        };
        self.body.clear();
        self.count = 0;
        Some(closed)
    }
}

fn frame(routing_key: Cow<'static, str>, of: &Event, body: &[u8], events: usize, tag: Uuid) -> Frame {
    let to = Address { exchange: "celeryev", routing_key: &routing_key, delivery_mode: 1 };
    let payload = envelope::seal(&Headers { hostname: &of.hostname }, body, to, tag);
    Frame { routing_key, payload, events }
}

/// One event as a JSON object, its fields in Celery's order.
fn write(out: &mut Vec<u8>, event: &Event) {
    let mut object = Object { out };
    object.out.extend_from_slice(b"{\"hostname\":");
    object.value(&*event.hostname);
    object.field("utcoffset", &event.utcoffset);
    object.field("pid", &event.pid);
    object.field("clock", &event.clock);
    match &event.kind {
        EventKind::TaskSent(info) => sent(&mut object, info),
        EventKind::TaskReceived(info) => received(&mut object, info),
        EventKind::TaskStarted { uuid } | EventKind::TaskCancelled { uuid } => object.field("uuid", uuid),
        EventKind::TaskSucceeded { uuid, result, runtime } => {
            object.field("uuid", uuid);
            object.field("result", result);
            object.field("runtime", runtime);
        }
        EventKind::TaskFailed { uuid, exception, traceback } => {
            object.field("uuid", uuid);
            object.field("exception", exception);
            object.field("traceback", traceback);
        }
        EventKind::TaskRetried { uuid, exception, traceback, eta } => {
            object.field("uuid", uuid);
            object.field("exception", exception);
            object.field("traceback", traceback);
            object.set("umbel_eta", eta.as_ref());
        }
        EventKind::TaskRejected { uuid, requeue } => {
            object.field("uuid", uuid);
            object.field("requeue", requeue);
        }
        EventKind::TaskRevoked { uuid, terminated, signum, expired } => {
            object.field("uuid", uuid);
            object.field("terminated", terminated);
            match signum.as_deref().map(|text| text.parse::<u32>().map_err(|_| text)) {
                Some(Ok(number)) => object.field("signum", &number),
                Some(Err(name)) => object.field("signum", name),
                None => object.field("signum", &()),
            }
            object.field("expired", expired);
        }
        EventKind::TaskCustom { uuid, state, meta } => {
            object.field("uuid", uuid);
            object.field("umbel_state", state.as_str());
            object.field("umbel_meta", meta);
        }
        EventKind::WorkerOnline(info) | EventKind::WorkerHeartbeat(info) | EventKind::WorkerOffline(info) => {
            worker(&mut object, info);
        }
        EventKind::Other { fields, .. } => {
            for (name, value) in fields {
                object.field(name, value);
            }
        }
    }
    object.field("timestamp", if event.timestamp.is_finite() { &event.timestamp } else { &0.0 });
    match event.kind {
        EventKind::TaskCustom { .. } => object.field("type", TOLD),
        _ => object.field("type", &event.kind.type_name()),
    }
    object.out.push(b'}');
}

fn sent(object: &mut Object<'_>, info: &TaskInfo) {
    object.field("uuid", &info.uuid);
    object.field("root_id", &info.root_id);
    object.field("parent_id", &info.parent_id);
    object.field("name", &info.name);
    object.field("args", &info.args);
    object.field("kwargs", &info.kwargs);
    times(object, info);
    object.field("queue", &info.queue);
    object.field("exchange", &info.exchange);
    object.field("routing_key", &info.routing_key);
    ours(object, info);
}

fn received(object: &mut Object<'_>, info: &TaskInfo) {
    object.field("uuid", &info.uuid);
    object.field("name", &info.name);
    object.field("args", &info.args);
    object.field("kwargs", &info.kwargs);
    object.field("root_id", &info.root_id);
    object.field("parent_id", &info.parent_id);
    times(object, info);
    // Celery's workers do not say where a task came from, but its monitors listen for it.
    object.set("queue", info.queue.as_ref());
    object.set("exchange", info.exchange.as_ref());
    object.set("routing_key", info.routing_key.as_ref());
    ours(object, info);
}

fn times(object: &mut Object<'_>, info: &TaskInfo) {
    let text = |moment: Option<f64>| moment.and_then(time::from_epoch).map(time::format);
    object.field("retries", &info.retries);
    object.field("eta", &text(info.eta));
    object.field("expires", &text(info.expires));
}

fn ours(object: &mut Object<'_>, info: &TaskInfo) {
    object.set("umbel_priority", info.priority.as_ref());
    let body = info.body.as_deref().filter(|body| body.len() <= BODY);
    object.set("umbel_body", body.and_then(|body| std::str::from_utf8(body).ok()));
    object.set("umbel_body_size", info.body_size.as_ref());
    object.set("umbel_retry_of", info.retry_of.as_ref());
}

fn worker(object: &mut Object<'_>, info: &WorkerInfo) {
    object.field("freq", &info.freq);
    object.set("active", info.active.as_ref());
    object.set("processed", info.processed.as_ref());
    object.set("loadavg", info.loadavg.as_ref());
    object.field("sw_ident", &info.sw_ident);
    object.field("sw_ver", &info.sw_ver);
    object.field("sw_sys", &info.sw_sys);
    object.set("umbel_slots", info.slots.as_ref());
    object.set("umbel_queues", (!info.queues.is_empty()).then_some(&info.queues));
    object.set("umbel_pool", info.pool.as_ref());
    object.set("umbel_tasks", (!info.registered.is_empty()).then_some(&info.registered));
}

/// A JSON object whose first field has been written.
struct Object<'a> {
    out: &'a mut Vec<u8>,
}

impl Object<'_> {
    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.out.push(b',');
        self.value(name);
        self.out.push(b':');
        self.value(value);
    }

    fn set<T: Serialize + ?Sized>(&mut self, name: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }

    /// A number that JSON has no word for becomes null.
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) {
        serde_json::to_writer(&mut *self.out, value)
            .expect("texts, numbers and JSON values always serialise");
    }
}
