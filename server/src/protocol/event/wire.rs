//! An event as it stands in JSON: one flat object, and its type is its last field.

use super::lenient::{Loads, Moment, Real, Text, Whole};
use super::{Event, EventKind, TaskInfo, WorkerInfo};
use crate::protocol::TaskId;
use bytes::Bytes;
use serde::Deserialize;
use std::sync::Arc;

/// All fields of all types of events we know, borrowed from the text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wire<'a> {
    #[serde(borrow)]
    hostname: Option<Text<'a>>,
    utcoffset: Option<Real>,
    pid: Option<Whole>,
    clock: Option<Whole>,
    #[serde(borrow)]
    uuid: Option<Text<'a>>,
    timestamp: Option<Real>,
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    args: Option<Text<'a>>,
    #[serde(borrow)]
    kwargs: Option<Text<'a>>,
    #[serde(borrow)]
    root_id: Option<Text<'a>>,
    #[serde(borrow)]
    parent_id: Option<Text<'a>>,
    retries: Option<Whole>,
    eta: Option<Moment>,
    expires: Option<Moment>,
    #[serde(borrow)]
    queue: Option<Text<'a>>,
    #[serde(borrow)]
    exchange: Option<Text<'a>>,
    #[serde(borrow)]
    routing_key: Option<Text<'a>>,
    #[serde(borrow)]
    result: Option<Text<'a>>,
    runtime: Option<Real>,
    #[serde(borrow)]
    exception: Option<Text<'a>>,
    #[serde(borrow)]
    traceback: Option<Text<'a>>,
    requeue: Option<bool>,
    terminated: Option<bool>,
    #[serde(borrow)]
    signum: Option<Text<'a>>,
    expired: Option<bool>,
    freq: Option<Real>,
    active: Option<Whole>,
    processed: Option<Whole>,
    loadavg: Option<Loads>,
    #[serde(borrow)]
    sw_ident: Option<Text<'a>>,
    #[serde(borrow)]
    sw_ver: Option<Text<'a>>,
    #[serde(borrow)]
    sw_sys: Option<Text<'a>>,
    umbel_priority: Option<u8>,
    #[serde(borrow)]
    umbel_body: Option<Text<'a>>,
    umbel_body_size: Option<u64>,
    #[serde(borrow)]
    umbel_retry_of: Option<Text<'a>>,
    umbel_eta: Option<Moment>,
    umbel_slots: Option<u32>,
    umbel_queues: Option<Vec<String>>,
    #[serde(borrow)]
    umbel_pool: Option<Text<'a>>,
    umbel_tasks: Option<Vec<String>>,
}

/// What became of reading an object.
#[derive(Debug)]
pub(super) enum Read {
    Known(Event),
    /// Well formed, of a type that has no fields of its own here.
    Foreign(Event),
    Malformed,
}

impl Wire<'_> {
    /// Makes an event of it. Neighbours in a list mostly share their node's name, which is handed on in `last`.
    pub(super) fn into_event(mut self, last: &mut Option<Arc<str>>) -> Read {
        let (Some(kind), Some(hostname), Some(Real(timestamp))) =
            (self.kind.take(), self.hostname.take(), self.timestamp)
        else {
            return Read::Malformed;
        };
        let hostname = match last {
            Some(last) if **last == *hostname.0 => Arc::clone(last),
            _ => Arc::clone(last.insert(Arc::from(&*hostname.0))),
        };
        let event = |me: &Self, kind| Event {
            hostname,
            timestamp,
            clock: me.clock.map_or(0, |clock| clock.0),
            pid: me.pid.map_or(0, |pid| u32::try_from(pid.0).unwrap_or(0)),
            utcoffset: me.utcoffset.map_or(0.0, |hours| hours.0),
            kind,
        };
        match self.known(&kind.0) {
            Ok(kind) => Read::Known(event(&self, kind)),
            Err(Odd::Incomplete) => Read::Malformed,
            Err(Odd::Unknown) => {
                let kind = EventKind::Other { kind: kind.0.into_owned(), fields: serde_json::Map::new() };
                Read::Foreign(event(&self, kind))
            }
        }
    }

    fn known(&mut self, kind: &str) -> Result<EventKind, Odd> {
        match kind {
            "worker-heartbeat" => return Ok(EventKind::WorkerHeartbeat(self.worker())),
            "worker-online" => return Ok(EventKind::WorkerOnline(self.worker())),
            "worker-offline" => return Ok(EventKind::WorkerOffline(self.worker())),
            "task-sent" | "task-received" | "task-started" | "task-succeeded" | "task-failed"
            | "task-retried" | "task-rejected" | "task-revoked" | "task-cancelled" => {}
            _ => return Err(Odd::Unknown),
        }
        let uuid = id(self.uuid.take()).ok_or(Odd::Incomplete)?;
        Ok(match kind {
            "task-sent" => EventKind::TaskSent(self.task(uuid)),
            "task-received" => EventKind::TaskReceived(self.task(uuid)),
            "task-started" => EventKind::TaskStarted { uuid },
            "task-succeeded" => EventKind::TaskSucceeded {
                uuid,
                result: text(self.result.take()),
                runtime: self.runtime.map(|seconds| seconds.0),
            },
            "task-failed" => EventKind::TaskFailed {
                uuid,
                exception: text(self.exception.take()),
                traceback: owned(self.traceback.take()),
            },
            "task-retried" => EventKind::TaskRetried {
                uuid,
                exception: text(self.exception.take()),
                traceback: owned(self.traceback.take()),
                eta: self.umbel_eta.and_then(|moment| moment.0),
            },
            "task-rejected" => EventKind::TaskRejected { uuid, requeue: self.requeue.unwrap_or(false) },
            "task-revoked" => EventKind::TaskRevoked {
                uuid,
                terminated: self.terminated.unwrap_or(false),
                signum: owned(self.signum.take()),
                expired: self.expired.unwrap_or(false),
            },
            _ => EventKind::TaskCancelled { uuid },
        })
    }

    fn task(&mut self, uuid: TaskId) -> Box<TaskInfo> {
        Box::new(TaskInfo {
            uuid,
            name: text(self.name.take()),
            args: text(self.args.take()),
            kwargs: text(self.kwargs.take()),
            root_id: id(self.root_id.take()),
            parent_id: id(self.parent_id.take()),
            retries: self.retries.map_or(0, |count| u32::try_from(count.0).unwrap_or(u32::MAX)),
            eta: self.eta.and_then(|moment| moment.0),
            expires: self.expires.and_then(|moment| moment.0),
            queue: owned(self.queue.take()),
            exchange: owned(self.exchange.take()),
            routing_key: owned(self.routing_key.take()),
            priority: self.umbel_priority,
            body: owned(self.umbel_body.take()).map(Bytes::from),
            body_size: self.umbel_body_size,
            retry_of: id(self.umbel_retry_of.take()),
        })
    }

    fn worker(&mut self) -> WorkerInfo {
        WorkerInfo {
            freq: self.freq.map_or(0.0, |seconds| seconds.0),
            active: self.active.map(|count| u32::try_from(count.0).unwrap_or(u32::MAX)),
            processed: self.processed.map(|count| count.0),
            loadavg: self.loadavg.and_then(|loads| loads.0),
            sw_ident: text(self.sw_ident.take()),
            sw_ver: text(self.sw_ver.take()),
            sw_sys: text(self.sw_sys.take()),
            slots: self.umbel_slots,
            queues: self.umbel_queues.take().unwrap_or_default(),
            pool: owned(self.umbel_pool.take()),
            registered: self.umbel_tasks.take().unwrap_or_default(),
        }
    }
}

/// Why an object is no event of a type we know.
enum Odd {
    Incomplete,
    Unknown,
}

fn owned(text: Option<Text<'_>>) -> Option<String> {
    text.map(|text| text.0.into_owned())
}

fn text(text: Option<Text<'_>>) -> String {
    owned(text).unwrap_or_default()
}

fn id(text: Option<Text<'_>>) -> Option<TaskId> {
    text.map(|text| TaskId::from(&*text.0))
}
