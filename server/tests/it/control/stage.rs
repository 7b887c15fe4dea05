//! The scene in which Celery's worker was recorded: two tasks run, one waits for its moment.

use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use umbel::bus::{Bus, Events};
use umbel::client::Send;
use umbel::protocol::control::Request;
use umbel::protocol::{EventKind, TaskId};
use umbel::task::{Call, Context, Tasks};
use umbel::testing::{ManualClock, TestRuntime};
use umbel::worker::{Conf, WorkerSettings};

const PATIENCE: Duration = Duration::from_secs(60);

/// The name of the worker in the recordings, and of ours.
pub(super) const NODE: &str = "w1@fixture.example";

pub(super) struct Stage {
    pub(super) runtime: TestRuntime,
    pub(super) events: Events,
    pub(super) _folder: TempDir,
}

pub(super) fn tasks() -> Tasks {
    async fn sleep(_: Call, context: Context) {
        context.cancelled().await;
    }
    Tasks::new()
        .task("proj.add", async || 3)
        .task("proj.sleep", sleep)
        .task_with("proj.limited", async || (), |task| task.rate_limit("30/m"))
        .task_with("proj.auto", async || (), |task| task.max_retries(2))
}

impl Stage {
    pub(super) async fn set() -> Self {
        let mut stage = Self::empty().await;
        for (id, seconds) in [("active-1", 60), ("active-2", 61)] {
            stage.send(id, Send::new("proj.sleep").arg(seconds)).await;
            stage.event(|kind| matches!(kind, EventKind::TaskStarted { .. })).await;
        }
        let later = Send::new("proj.add").arg(1).arg(2).countdown(Duration::from_secs(3600));
        stage.send("scheduled-1", later).await;
        stage
    }

    pub(super) async fn empty() -> Self {
        Self::with(false).await
    }

    /// A worker that knows it may have neighbours.
    pub(super) async fn among_others() -> Self {
        Self::with(true).await
    }

    async fn with(mingle: bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let conf = Conf {
            all: serde_json::from_value(json!({
                "broker_url": "redis://127.0.0.1:6401/0",
                "result_backend": "redis://127.0.0.1:6401/0",
                "secret_key": "hunter2",
                "worker_concurrency": 4,
            }))
            .expect("an object"),
            changed: vec!["broker_url".to_owned(), "result_backend".to_owned(), "secret_key".to_owned()],
        };
        let settings =
            WorkerSettings { concurrency: 4, mingle, conf: Arc::new(conf), ..WorkerSettings::default() };
        let tasks = tasks().build().expect("sound tasks");
        let clock = Arc::new(ManualClock::new());
        let runtime =
            TestRuntime::start_with(folder.path(), clock, tasks, NODE, settings).await.expect("a runtime");
        let events = runtime.bus.events();
        Self { runtime, events, _folder: folder }
    }

    /// A task that is received and cannot begin yet: the limit lets one start in a second, and the clock stands still.
    pub(super) async fn reserve(&mut self) {
        self.ask("rate_limit", json!({"task_name": "proj.sleep", "rate_limit": "1/s"})).await;
        self.send("first", Send::new("proj.sleep").arg(0)).await;
        self.event(|kind| matches!(kind, EventKind::TaskStarted { .. })).await;
        self.send("reserved-1", Send::new("proj.sleep").arg(0)).await;
        self.event(|kind| matches!(kind, EventKind::TaskReceived(_))).await;
    }

    pub(super) async fn send(&self, id: &str, send: Send) {
        self.runtime.client.send(send.id(TaskId::from(id))).await.expect("sent");
    }

    pub(super) async fn event(&mut self, wanted: impl Fn(&EventKind) -> bool) -> EventKind {
        TestRuntime::event(&mut self.events, wanted).await
    }

    pub(super) async fn ask(&self, method: &str, arguments: Value) -> Value {
        self.put(Request::new(method, arguments)).await.expect("an answer")
    }

    /// The answer to a request; `None` when the worker has none. A ping after it says that it would have come by then.
    pub(super) async fn put(&self, mut request: Request) -> Option<Value> {
        let bus = &self.runtime.bus;
        let mut replies = bus.replies("golden");
        request.ticket = Some("golden".to_owned());
        bus.request(request).await;
        let mut pongs = bus.replies("ping");
        let mut ping = Request::new("ping", json!({}));
        ping.ticket = Some("ping".to_owned());
        bus.request(ping).await;
        let pong = tokio::time::timeout(PATIENCE, pongs.recv()).await.expect("a sign of life in time");
        assert!(pong.is_some(), "the worker goes on");
        let reply = replies.try_recv().ok()?;
        assert_eq!(reply.node, NODE);
        Some(reply.value)
    }
}
