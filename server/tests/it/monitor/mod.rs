//! The monitor: what it makes of events, what it remembers, what it tells.

mod burst;
mod ends;
mod feed;
mod fold;
mod foreign;
mod history;
mod recorded;
mod series;
mod workers;

use std::path::Path;
use std::sync::Arc;
use umbel::bus::Bus;
use umbel::bus::local::LocalBus;
use umbel::clock::Clock;
use umbel::monitor::{Delta, Monitor, MonitorSettings};
use umbel::protocol::event::{Event, EventKind, WorkerInfo};
use umbel::protocol::{State, TaskId, TaskInfo};
use umbel::service::Services;
use umbel::store::history::MIGRATIONS;
use umbel::store::{Db, Durability};
use umbel::testing::ManualClock;

/// Noon of 1 January 2026, where the manual clock begins.
const START: f64 = 1_767_268_800.0;
const START_MILLIS: i64 = 1_767_268_800_000;

/// An event of worker `w@host`, so many seconds after the start.
fn at(seconds: f64, kind: EventKind) -> Event {
    said_by("w@host", seconds, kind)
}

fn said_by(hostname: &str, seconds: f64, kind: EventKind) -> Event {
    Event {
        hostname: Arc::from(hostname),
        timestamp: START + seconds,
        clock: (seconds * 10.0) as u64,
        pid: 7,
        utcoffset: 0.0,
        kind,
    }
}

fn info(id: &str) -> Box<TaskInfo> {
    let mut info = TaskInfo::new(TaskId::from(id), "demo.add");
    info.args = "(1, 2)".to_owned();
    info.kwargs = "{}".to_owned();
    info.queue = Some("celery".to_owned());
    Box::new(info)
}

fn sent(id: &str) -> EventKind {
    EventKind::TaskSent(info(id))
}

fn received(id: &str) -> EventKind {
    EventKind::TaskReceived(info(id))
}

fn started(id: &str) -> EventKind {
    EventKind::TaskStarted { uuid: TaskId::from(id) }
}

fn succeeded(id: &str, runtime: f64) -> EventKind {
    EventKind::TaskSucceeded { uuid: TaskId::from(id), result: "3".to_owned(), runtime: Some(runtime) }
}

fn failed(id: &str) -> EventKind {
    let exception = "ValueError('boom')".to_owned();
    EventKind::TaskFailed { uuid: TaskId::from(id), exception, traceback: Some("Traceback: boom".to_owned()) }
}

fn retried(id: &str) -> EventKind {
    let exception = "TimeoutError()".to_owned();
    EventKind::TaskRetried {
        uuid: TaskId::from(id),
        exception,
        traceback: Some("Traceback: slow".to_owned()),
        eta: None,
    }
}

fn rejected(id: &str, requeue: bool) -> EventKind {
    EventKind::TaskRejected { uuid: TaskId::from(id), requeue }
}

fn revoked(id: &str) -> EventKind {
    EventKind::TaskRevoked {
        uuid: TaskId::from(id),
        terminated: true,
        signum: Some("15".to_owned()),
        expired: false,
    }
}

fn cancelled(id: &str) -> EventKind {
    EventKind::TaskCancelled { uuid: TaskId::from(id) }
}

fn progress(id: &str, percent: u32) -> EventKind {
    let meta = serde_json::json!({ "percent": percent });
    EventKind::TaskCustom { uuid: TaskId::from(id), state: State::progress(), meta }
}

fn heartbeat() -> EventKind {
    EventKind::WorkerHeartbeat(WorkerInfo {
        freq: 2.0,
        active: Some(1),
        processed: Some(5),
        ..WorkerInfo::default()
    })
}

/// A whole successful life that begins after so many seconds.
fn life(id: &str, begin: f64) -> Vec<Event> {
    vec![
        said_by("gen1@host", begin, sent(id)),
        at(begin + 0.1, received(id)),
        at(begin + 0.2, started(id)),
        at(begin + 0.5, succeeded(id, 0.3)),
    ]
}

/// A running monitor with its bus, its clock and its database.
struct Watch {
    clock: ManualClock,
    bus: LocalBus,
    services: Services,
    history: Db,
    monitor: Monitor,
}

impl Watch {
    async fn begin(folder: &Path) -> Self {
        Self::begin_with(folder, ManualClock::new(), MonitorSettings::default()).await
    }

    async fn begin_with(folder: &Path, clock: ManualClock, settings: MonitorSettings) -> Self {
        let history = Db::open(&folder.join("history.db"), Durability::System, MIGRATIONS).expect("opens");
        let bus = LocalBus::new();
        let services = Services::new();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let monitor =
            Monitor::start(&services, &bus, history.clone(), shared, settings).await.expect("starts");
        Self { clock, bus, services, history, monitor }
    }

    /// Says it and waits until the monitor has heard it.
    async fn say(&self, events: Vec<Event>) -> Delta {
        let seen = self.monitor.seq();
        self.bus.publish(events).await;
        self.monitor.feed().next(seen).await
    }

    async fn end(self) {
        self.services.stop().await;
        drop(self.monitor);
        self.history.close().await;
    }
}
