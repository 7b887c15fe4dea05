//! Events: what workers and clients tell everybody who listens, in Celery's vocabulary.
//!
//! Fields of ours travel under names that begin with `umbel_`, so that nothing collides with what others show.

mod decode;
mod encode;
mod lenient;
mod wire;

pub use decode::{Decoded, decode};
pub use encode::{Frame, encode};

use super::{State, TaskId};
use bytes::Bytes;
use serde_json::{Map, Value};
use std::sync::Arc;

/// One event with the fields all of them share.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The node that tells: `umbel@host`, or `gen<pid>@host` for a client.
    pub hostname: Arc<str>,
    /// Float seconds since the epoch, by the sender's clock.
    pub timestamp: f64,
    /// Lamport clock.
    pub clock: u64,
    pub pid: u32,
    /// Hours to add to local time to get UTC.
    pub utcoffset: f64,
    pub kind: EventKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    TaskSent(Box<TaskInfo>),
    TaskReceived(Box<TaskInfo>),
    TaskStarted {
        uuid: TaskId,
    },
    /// `result` is a repr of at most 1024 characters.
    TaskSucceeded {
        uuid: TaskId,
        result: String,
        runtime: Option<f64>,
    },
    TaskFailed {
        uuid: TaskId,
        exception: String,
        traceback: Option<String>,
    },
    /// `eta` is ours: when the next attempt becomes due.
    TaskRetried {
        uuid: TaskId,
        exception: String,
        traceback: Option<String>,
        eta: Option<f64>,
    },
    TaskRejected {
        uuid: TaskId,
        requeue: bool,
    },
    TaskRevoked {
        uuid: TaskId,
        terminated: bool,
        signum: Option<String>,
        expired: bool,
    },
    TaskCancelled {
        uuid: TaskId,
    },
    /// A custom task event such as `task-progress`: the state is the word after `task-` in capitals.
    TaskCustom {
        uuid: TaskId,
        state: State,
        meta: Value,
    },
    WorkerOnline(WorkerInfo),
    WorkerHeartbeat(WorkerInfo),
    WorkerOffline(WorkerInfo),
    /// Anything else; kept so that it can be forwarded and counted.
    Other {
        kind: String,
        fields: Map<String, Value>,
    },
}

/// What `task-sent` and `task-received` tell of a task. Unset fields are unknown, not empty.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskInfo {
    pub uuid: TaskId,
    /// The task's name, or its shadow where it has one.
    pub name: String,
    /// Reprs of at most 1024 characters.
    pub args: String,
    pub kwargs: String,
    pub root_id: Option<TaskId>,
    pub parent_id: Option<TaskId>,
    pub retries: u32,
    pub eta: Option<f64>,
    pub expires: Option<f64>,
    pub queue: Option<String>,
    pub exchange: Option<String>,
    pub routing_key: Option<String>,
    /// Ours: the message's priority.
    pub priority: Option<u8>,
    /// Ours: the whole body (`[args, kwargs, embed]`), where it is not too large to keep.
    pub body: Option<Bytes>,
    /// Ours: the whole body's size in bytes, also where it was too large to keep.
    pub body_size: Option<u64>,
    /// Ours: the task this one is a manual retry of.
    pub retry_of: Option<TaskId>,
}

impl TaskInfo {
    pub fn new(uuid: TaskId, name: impl Into<String>) -> Self {
        Self {
            uuid,
            name: name.into(),
            args: String::new(),
            kwargs: String::new(),
            root_id: None,
            parent_id: None,
            retries: 0,
            eta: None,
            expires: None,
            queue: None,
            exchange: None,
            routing_key: None,
            priority: None,
            body: None,
            body_size: None,
            retry_of: None,
        }
    }
}

/// What a worker tells of itself with each heartbeat. One it was asked for tells its rate and its software only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkerInfo {
    /// Seconds between heartbeats.
    pub freq: f64,
    pub active: Option<u32>,
    pub processed: Option<u64>,
    pub loadavg: Option<[f64; 3]>,
    pub sw_ident: String,
    pub sw_ver: String,
    pub sw_sys: String,
    /// Ours: how many tasks it can run at once.
    pub slots: Option<u32>,
    /// Ours: the queues it takes from.
    pub queues: Vec<String>,
    /// Ours: the pool's kind.
    pub pool: Option<String>,
    /// Ours: the names of its tasks; sent with `worker-online` only.
    pub registered: Vec<String>,
}

impl EventKind {
    /// The event's type on the wire.
    pub fn type_name(&self) -> String {
        match self {
            Self::TaskSent(_) => "task-sent".to_owned(),
            Self::TaskReceived(_) => "task-received".to_owned(),
            Self::TaskStarted { .. } => "task-started".to_owned(),
            Self::TaskSucceeded { .. } => "task-succeeded".to_owned(),
            Self::TaskFailed { .. } => "task-failed".to_owned(),
            Self::TaskRetried { .. } => "task-retried".to_owned(),
            Self::TaskRejected { .. } => "task-rejected".to_owned(),
            Self::TaskRevoked { .. } => "task-revoked".to_owned(),
            Self::TaskCancelled { .. } => "task-cancelled".to_owned(),
            Self::TaskCustom { state, .. } => format!("task-{}", state.as_str().to_lowercase()),
            Self::WorkerOnline(_) => "worker-online".to_owned(),
            Self::WorkerHeartbeat(_) => "worker-heartbeat".to_owned(),
            Self::WorkerOffline(_) => "worker-offline".to_owned(),
            Self::Other { kind, .. } => kind.clone(),
        }
    }

    /// The task the event is about.
    pub fn task_id(&self) -> Option<&TaskId> {
        match self {
            Self::TaskSent(info) | Self::TaskReceived(info) => Some(&info.uuid),
            Self::TaskStarted { uuid }
            | Self::TaskSucceeded { uuid, .. }
            | Self::TaskFailed { uuid, .. }
            | Self::TaskRetried { uuid, .. }
            | Self::TaskRejected { uuid, .. }
            | Self::TaskRevoked { uuid, .. }
            | Self::TaskCancelled { uuid }
            | Self::TaskCustom { uuid, .. } => Some(uuid),
            Self::WorkerOnline(_)
            | Self::WorkerHeartbeat(_)
            | Self::WorkerOffline(_)
            | Self::Other { .. } => None,
        }
    }
}
