//! What a worker is told once, at its start.

use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// Tasks at once, until remote control changes it.
    pub concurrency: usize,
    /// Where it takes messages from, until remote control changes it; the first come first among equals in priority.
    pub queues: Vec<String>,
    /// How long a message stays ours without a sign of life.
    pub lease: Duration,
    pub heartbeat: Duration,
    /// Bodies up to this size travel with the events.
    pub body_limit: usize,
    /// Whether it tells of its tasks, until remote control changes it.
    pub send_task_events: bool,
    /// Whether other workers may share the bus. It then greets them at the start, watches their heartbeats and takes
    /// part in their elections.
    pub mingle: bool,
    /// What it tells about the configuration when it is asked for it. It acts on none of this.
    pub conf: Arc<Conf>,
}

/// Settings by Celery's names, as `inspect conf` and `inspect report` show them. Secrets may be in here; they are
/// masked before they are told.
#[derive(Clone, Debug, Default)]
pub struct Conf {
    pub all: Map<String, Value>,
    /// The names of those somebody has set.
    pub changed: Vec<String>,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            concurrency: 1,
            queues: vec!["celery".to_owned()],
            lease: Duration::from_secs(30),
            heartbeat: Duration::from_secs(2),
            body_limit: 64 * 1024,
            send_task_events: true,
            mingle: false,
            conf: Arc::default(),
        }
    }
}
