//! Ports of fixed rows.

use app::ApiError;
use app::backend::{Backend, OverviewPort, QueuePort, Reply, SessionPort, TaskPort, WorkerPort};
use app::view::*;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// A name that would be markup if anybody let it.
pub(crate) const HOSTILE: &str = "<img src=x onerror=alert(1)>";
/// The moment all rows are told at.
pub(crate) const NOW: Millis = 1_700_000_000_000;

/// A system that has worked for a while.
pub(crate) fn backend() -> Backend {
    bundle(Rows { empty: false, troubled: false })
}

/// A system that needs somebody.
pub(crate) fn troubled_backend() -> Backend {
    bundle(Rows { empty: false, troubled: true })
}

/// A system nothing has ever happened in.
pub(crate) fn empty_backend() -> Backend {
    bundle(Rows { empty: true, troubled: false })
}

fn bundle(rows: Rows) -> Backend {
    let rows = Arc::new(rows);
    Backend {
        tasks: rows.clone(),
        workers: rows.clone(),
        queues: rows.clone(),
        schedules: rows.clone(),
        overview: rows.clone(),
        session: rows,
    }
}

pub(crate) struct Rows {
    pub(crate) empty: bool,
    pub(crate) troubled: bool,
}

pub(crate) fn ready<T: Send + 'static>(value: T) -> Reply<'static, T> {
    Box::pin(async move { Ok(value) })
}

impl Rows {
    pub(crate) fn list<T>(&self, rows: Vec<T>) -> Vec<T> {
        if self.empty { Vec::new() } else { rows }
    }
}

fn worker(name: &str, online: bool) -> WorkerRow {
    WorkerRow {
        name: name.to_owned(),
        online,
        active: 3,
        slots: Some(8),
        processed: 12_483,
        succeeded: 12_460,
        failed: if online { 0 } else { 23 },
        loadavg: Some([0.52, 0.4, 0.31]),
        queues: vec!["celery".to_owned(), "net".to_owned()],
        last_heartbeat: Some(NOW - 1_000),
        started_at: Some(NOW - 3_600_000),
        software: Some("umbel 0.1.0".to_owned()),
        pid: Some(4711),
        clock_skew: (!online).then_some(12.0),
    }
}

fn queue(name: &str, ready: u64, workers: u32) -> QueueRow {
    QueueRow {
        name: name.to_owned(),
        ready,
        held: 4,
        in_hand: 3,
        oldest: (ready > 0).then_some(NOW - 187_000),
        workers,
        rate: if workers > 0 { 84.2 } else { 0.0 },
        history: (0..60).map(|i| (i * 7) % 23).collect(),
    }
}

fn series() -> Vec<SeriesPoint> {
    (0..600_u64)
        .map(|i| SeriesPoint {
            at: NOW - 600_000 + i64::try_from(i).expect("small") * 1_000,
            sent: 12,
            succeeded: 8 + (i / 7) % 9 + i % 3,
            failed: u64::from(i % 97 < 2),
            retried: u64::from(i % 41 == 0) * 3,
            revoked: 0,
        })
        .collect()
}

fn problems() -> Vec<Problem> {
    [("Queue net has 312 ready messages and no worker", "/queues"), (HOSTILE, "/workers")]
        .into_iter()
        .map(|(text, href)| Problem { text: text.to_owned(), href: href.to_owned() })
        .collect()
}

fn names() -> Vec<NameSummary> {
    [("papers.process_pdf", 12, 4.2), (HOSTILE, 1, 0.3), ("ai_generate", 0, 12.4), ("demo.add", 0, 0.002)]
        .into_iter()
        .map(|(name, failed, mean)| NameSummary {
            name: name.to_owned(),
            succeeded: 1_204,
            failed,
            retried: failed * 2,
            mean_runtime: Some(mean),
            max_runtime: Some(mean * 9.0),
            finished: (0..40).map(|i| (i * 5) % 17).collect(),
        })
        .collect()
}

impl TaskPort for Rows {
    fn list(&self, _: TaskFilter) -> Reply<'_, Page<TaskRow>> {
        let unfiltered = if self.empty { 0 } else { 7 };
        ready(Page { rows: Vec::new(), prev: None, next: None, total: 0, unfiltered, seq: 1, now: NOW })
    }

    fn get(&self, id: String) -> Reply<'_, TaskDetail> {
        Box::pin(async move { Err(ApiError::NotFound(format!("No task has the id {id}."))) })
    }

    fn registered(&self) -> Reply<'_, Vec<RegisteredTask>> {
        ready(vec![RegisteredTask {
            name: "demo.add".to_owned(),
            queue: "celery".to_owned(),
            parameters: vec!["x".to_owned(), "y".to_owned()],
            example: json!({ "x": 2, "y": 3 }),
            summary: None,
        }])
    }

    fn send(&self, tasks: Vec<NewTask>) -> Reply<'_, Vec<String>> {
        ready(tasks.into_iter().map(|task| task.name).collect())
    }

    fn cancel(&self, _: Vec<String>) -> Reply<'_, Vec<Acted>> {
        ready(Vec::new())
    }

    fn retry(&self, _: Vec<String>) -> Reply<'_, Vec<Acted>> {
        ready(Vec::new())
    }
}

impl WorkerPort for Rows {
    fn list(&self) -> Reply<'_, Vec<WorkerRow>> {
        ready(Rows::list(self, vec![worker(HOSTILE, false), worker("umbel@host", true)]))
    }

    fn get(&self, name: String) -> Reply<'_, WorkerDetail> {
        if name != "umbel@host" {
            return Box::pin(async move { Err(ApiError::NotFound(format!("No worker is called {name}."))) });
        }
        let run = |id: &str, name: &str, progress| RunningTask {
            id: id.to_owned(),
            name: name.to_owned(),
            started_at: Some(NOW - 187_000),
            progress,
        };
        ready(WorkerDetail {
            row: worker(&name, true),
            pool: Some("tasks".to_owned()),
            running: vec![
                run("id-1", "papers.process_pdf", Some(0.42)),
                run("id-2", HOSTILE, None),
                run("id-3", "demo.add", Some(1.0)),
            ],
            registered: vec!["demo.add".to_owned(), HOSTILE.to_owned(), "papers.process_pdf".to_owned()],
            seq: 1,
            now: NOW,
        })
    }

    fn inspect(&self, _: String, _: Duration) -> Reply<'_, Inspection> {
        if self.troubled {
            return ready(Inspection::default());
        }
        let held = |id: &str, name: &str| HeldTask {
            id: id.to_owned(),
            name: name.to_owned(),
            call: HOSTILE.to_owned(),
            started_at: None,
            until: Some(NOW + 60_000),
        };
        ready(Inspection {
            answered: true,
            pool: Some("celery.concurrency.prefork:TaskPool".to_owned()),
            concurrency: Some(2),
            processes: vec![6561, 6562],
            prefetch: Some(8),
            uptime: Some(20.0),
            queues: Some(vec![ConsumedQueue {
                name: HOSTILE.to_owned(),
                route: Some("key net.#".to_owned()),
            }]),
            registered: Some(vec![
                KnownTask { name: "proj.add".to_owned(), limits: Some("rate_limit=30/m".to_owned()) },
                KnownTask { name: HOSTILE.to_owned(), limits: None },
            ]),
            active: Some(Vec::new()),
            reserved: None,
            scheduled: Some(vec![held("id-9", HOSTILE)]),
            conf: Some(json!({ "broker_url": HOSTILE })),
        })
    }

    fn act(&self, name: String, _: WorkerAct) -> Reply<'_, String> {
        ready(name)
    }
}

impl QueuePort for Rows {
    fn list(&self) -> Reply<'_, Vec<QueueRow>> {
        ready(Rows::list(self, vec![queue("celery", 0, 2), queue("net", 312, 0), queue(HOSTILE, 0, 0)]))
    }

    fn get(&self, name: String, offset: u64) -> Reply<'_, QueueDetail> {
        let waiting = |place: u64| WaitingTask {
            id: format!("id-{place}"),
            name: HOSTILE.to_owned(),
            call: HOSTILE.to_owned(),
            priority: 3,
            place,
            since: Some(NOW - 60_000),
            until: (place == offset).then_some(NOW + 60_000),
        };
        let ready_count = if self.empty { 0 } else { 312 };
        ready(QueueDetail {
            row: queue(&name, ready_count, u32::from(!self.troubled)),
            takers: if self.troubled { Vec::new() } else { vec![HOSTILE.to_owned()] },
            offset,
            waiting: if self.empty { Vec::new() } else { (offset..offset + 50).map(waiting).collect() },
            more: !self.empty,
            now: NOW,
        })
    }

    fn purge(&self, _: String) -> Reply<'_, u64> {
        ready(312)
    }
}

impl OverviewPort for Rows {
    fn get(&self, span: Span) -> Reply<'_, Overview> {
        let tiles = Tiles {
            running: 12_483,
            waiting: 3,
            held: 312,
            failed_last_hour: if self.troubled { 14 } else { 0 },
            workers_online: if self.troubled { 0 } else { 2 },
            workers_total: 2,
            rate: 84.21,
        };
        ready(Overview {
            health: Health { problems: if self.troubled { problems() } else { Vec::new() } },
            tiles: if self.empty { Tiles::default() } else { tiles },
            span,
            step: 1,
            series: self.list(series()),
            names: self.list(names()),
            seq: 1,
            now: NOW,
        })
    }
}

impl SessionPort for Rows {
    fn get(&self) -> Reply<'_, Session> {
        ready(Session { app: "umbel".to_owned(), now: NOW, ..Session::default() })
    }

    fn broker(&self) -> Reply<'_, BrokerStanding> {
        let lost = Reach::Lost { since: NOW - 5_000, reason: HOSTILE.to_owned() };
        ready(BrokerStanding {
            place: "redis://localhost:6379/0".to_owned(),
            version: "0.1.0".to_owned(),
            reach: if self.troubled { lost } else { Reach::Reachable },
        })
    }
}
