use super::Millis;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A worker as a row of a list, and as it comes over the live stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerRow {
    /// The node name: `umbel@host`.
    pub name: String,
    pub online: bool,
    /// Tasks running right now.
    pub active: u32,
    /// How many it can run at once, where known.
    pub slots: Option<u32>,
    /// Tasks it has received since it started.
    pub processed: u64,
    pub succeeded: u64,
    pub failed: u64,
    /// 1, 5 and 15 minutes.
    pub loadavg: Option<[f64; 3]>,
    pub queues: Vec<String>,
    pub last_heartbeat: Option<Millis>,
    pub started_at: Option<Millis>,
    /// `umbel 0.1.0`, `py-celery 5.7.0`.
    pub software: Option<String>,
    pub pid: Option<u32>,
    /// How many seconds its clock is ahead of ours, when more than two either way.
    pub clock_skew: Option<f64>,
}

/// A worker with what it is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerDetail {
    pub row: WorkerRow,
    pub pool: Option<String>,
    pub running: Vec<RunningTask>,
    pub registered: Vec<String>,
    pub seq: u64,
    pub now: Millis,
}

/// What sits in one slot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunningTask {
    pub id: String,
    pub name: String,
    pub started_at: Option<Millis>,
    pub progress: Option<f64>,
}

/// What one can ask of a worker, in Celery's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum WorkerAct {
    Ping,
    PoolGrow {
        n: u32,
    },
    PoolShrink {
        n: u32,
    },
    /// Lets the pool grow and shrink by itself between these bounds.
    Autoscale {
        max: u32,
        min: u32,
    },
    AddConsumer {
        queue: String,
    },
    CancelConsumer {
        queue: String,
    },
    /// `10/m`, `100/s`, or 0 for no limit.
    RateLimit {
        task_name: String,
        rate_limit: String,
    },
    /// Seconds; without a number there is no limit.
    TimeLimit {
        task_name: String,
        #[serde(default)]
        soft: Option<f64>,
        #[serde(default)]
        hard: Option<f64>,
    },
    EnableEvents,
    DisableEvents,
    Shutdown,
}

/// What a worker says of itself when it is asked. A part it did not tell in time is `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// Whether it answered anything at all.
    pub answered: bool,
    /// `celery.concurrency.prefork:TaskPool`, `umbel:tasks`.
    pub pool: Option<String>,
    pub concurrency: Option<u32>,
    /// The ids of the processes of its pool.
    pub processes: Vec<u64>,
    /// How many messages it takes ahead.
    pub prefetch: Option<u64>,
    /// Seconds.
    pub uptime: Option<f64>,
    pub queues: Option<Vec<ConsumedQueue>>,
    pub registered: Option<Vec<KnownTask>>,
    pub active: Option<Vec<HeldTask>>,
    pub reserved: Option<Vec<HeldTask>>,
    pub scheduled: Option<Vec<HeldTask>>,
    /// Its settings. Workers mask what is secret.
    pub conf: Option<Value>,
}

/// A queue a worker takes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsumedQueue {
    pub name: String,
    /// The exchange and the key that lead to it, where they are not the queue's own name.
    pub route: Option<String>,
}

/// A task a worker can run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownTask {
    pub name: String,
    /// `rate_limit=10/m time_limit=30`.
    pub limits: Option<String>,
}

/// A message a worker has in hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldTask {
    pub id: String,
    pub name: String,
    pub call: String,
    pub started_at: Option<Millis>,
    /// It waits until then.
    pub until: Option<Millis>,
}
