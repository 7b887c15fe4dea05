//! Ports of fixed rows. What is sent, cancelled or retried is noted for the test to read.

use app::ApiError;
use app::backend::{
    Backend, OverviewPort, QueuePort, Reply, SchedulePort, SessionPort, TaskPort, WorkerPort,
};
use app::view::{
    Acted, BrokerStanding, Health, Inspection, NewTask, Overview, Page, QueueDetail, QueueRow,
    RegisteredTask, ScheduleCalendar, ScheduleDetail, ScheduleFilter, SchedulePage, SchedulePreview, Session,
    Span, TaskDetail, TaskFilter, TaskRow, TaskState, Tiles, WorkerAct, WorkerDetail, WorkerRow,
};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const NOW: i64 = 1_709_210_096_000;

/// What the ports answer with, and what they were told.
#[derive(Default)]
pub(crate) struct Fixed {
    pub(crate) rows: Vec<TaskRow>,
    pub(crate) unfiltered: u64,
    pub(crate) detail: Option<TaskDetail>,
    pub(crate) registered: Option<RegisteredTask>,
    pub(crate) refuse: Option<String>,
    pub(crate) told: Mutex<Vec<String>>,
}

impl Fixed {
    pub(crate) fn backend(self: &Arc<Self>) -> Backend {
        let ports = Arc::new(Ports(Arc::clone(self)));
        Backend {
            tasks: ports.clone(),
            workers: ports.clone(),
            queues: ports.clone(),
            schedules: ports.clone(),
            overview: ports.clone(),
            session: ports,
        }
    }

    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().expect("no test panics while it notes").clone()
    }

    fn note(&self, what: String) {
        self.told.lock().expect("no test panics while it notes").push(what);
    }

    /// What came of an act: done, or refused.
    fn done(&self) -> Result<(), ApiError> {
        self.refuse.clone().map_or(Ok(()), |why| Err(ApiError::Conflict(why)))
    }

    fn act(&self, verb: &str, ids: Vec<String>) -> Vec<Acted> {
        self.note(format!("{verb} {}", ids.join(",")));
        let acted = |id| Acted { id, new_id: None, refusal: self.refuse.clone() };
        ids.into_iter().map(acted).collect()
    }
}

struct Ports(Arc<Fixed>);

fn reply<'a, T: Send + 'a>(answer: Result<T, ApiError>) -> Reply<'a, T> {
    Box::pin(std::future::ready(answer))
}

impl TaskPort for Ports {
    fn list(&self, filter: TaskFilter) -> Reply<'_, Page<TaskRow>> {
        self.0.note(format!("list {:?} {:?} {:?}", filter.states, filter.name, filter.sort));
        let rows = self.0.rows.clone();
        let total = rows.len() as u64;
        reply(Ok(Page {
            rows,
            prev: None,
            next: None,
            total,
            unfiltered: self.0.unfiltered,
            seq: 7,
            now: NOW,
        }))
    }

    fn get(&self, id: String) -> Reply<'_, TaskDetail> {
        let missing = || ApiError::NotFound(format!("There is no task {id}."));
        reply(self.0.detail.clone().ok_or_else(missing))
    }

    fn registered(&self) -> Reply<'_, Vec<RegisteredTask>> {
        let known = RegisteredTask {
            name: "demo.add".to_owned(),
            queue: "celery".to_owned(),
            parameters: vec!["x".to_owned(), "y".to_owned()],
            example: serde_json::json!({"x": 2, "y": 3}),
            summary: Some("Adds two numbers.".to_owned()),
        };
        reply(Ok([known].into_iter().chain(self.0.registered.clone()).collect()))
    }

    fn send(&self, tasks: Vec<NewTask>) -> Reply<'_, Vec<String>> {
        tasks.iter().for_each(|task| self.0.note(serde_json::to_string(task).expect("a task is JSON")));
        reply(match &self.0.refuse {
            Some(why) => Err(ApiError::Unavailable(why.clone())),
            None => Ok(tasks.iter().map(|_| "new-id".to_owned()).collect()),
        })
    }

    fn cancel(&self, ids: Vec<String>) -> Reply<'_, Vec<Acted>> {
        reply(Ok(self.0.act("cancel", ids)))
    }

    fn retry(&self, ids: Vec<String>) -> Reply<'_, Vec<Acted>> {
        reply(Ok(self.0.act("retry", ids)))
    }
}

impl WorkerPort for Ports {
    fn list(&self) -> Reply<'_, Vec<WorkerRow>> {
        reply(Ok(Vec::new()))
    }

    fn get(&self, name: String) -> Reply<'_, WorkerDetail> {
        reply(Err(ApiError::NotFound(format!("There is no worker {name}."))))
    }

    fn inspect(&self, _: String, _: Duration) -> Reply<'_, Inspection> {
        reply(Ok(Inspection::default()))
    }

    fn act(&self, name: String, act: WorkerAct) -> Reply<'_, String> {
        self.0.note(format!("{name} {act:?}"));
        reply(match &self.0.refuse {
            Some(why) => Err(ApiError::Conflict(why.clone())),
            None => Ok("pool will grow".to_owned()),
        })
    }
}

impl QueuePort for Ports {
    fn list(&self) -> Reply<'_, Vec<QueueRow>> {
        reply(Ok(Vec::new()))
    }

    fn get(&self, name: String, _: u64) -> Reply<'_, QueueDetail> {
        reply(Err(ApiError::Unavailable(format!("The broker does not tell of {name}."))))
    }

    fn purge(&self, name: String) -> Reply<'_, u64> {
        self.0.note(format!("purge {name}"));
        reply(Ok(1_312))
    }
}

impl SchedulePort for Ports {
    fn list(&self, _: ScheduleFilter) -> Reply<'_, SchedulePage> {
        reply(Err(ApiError::Unavailable("There is no scheduler here.".to_owned())))
    }

    fn get(&self, name: String) -> Reply<'_, ScheduleDetail> {
        reply(Err(ApiError::NotFound(format!("No schedule is called {name}."))))
    }

    fn put(&self, name: String, definition: Value, instead_of: Option<String>) -> Reply<'_, ()> {
        self.0.note(format!("put {name} {definition} {instead_of:?}"));
        reply(self.0.done())
    }

    fn remove(&self, name: String) -> Reply<'_, ()> {
        self.0.note(format!("remove {name}"));
        reply(self.0.done())
    }

    fn pause(&self, name: String, paused: bool) -> Reply<'_, ()> {
        self.0.note(format!("pause {name} {paused}"));
        reply(self.0.done())
    }

    fn run_now(&self, name: String) -> Reply<'_, String> {
        self.0.note(format!("run {name}"));
        reply(self.0.done().map(|()| "new-id".to_owned()))
    }

    fn preview(&self, definition: Value, zone: String) -> Reply<'_, SchedulePreview> {
        self.0.note(format!("preview {definition} {zone}"));
        reply(Ok(SchedulePreview::default()))
    }

    fn calendar(&self, zone: String) -> Reply<'_, ScheduleCalendar> {
        reply(Ok(ScheduleCalendar { zone, days: Vec::new() }))
    }
}

impl OverviewPort for Ports {
    fn get(&self, span: Span) -> Reply<'_, Overview> {
        reply(Ok(Overview {
            health: Health::default(),
            tiles: Tiles::default(),
            span,
            step: 1,
            series: Vec::new(),
            names: Vec::new(),
            seq: 7,
            now: NOW,
        }))
    }
}

impl SessionPort for Ports {
    fn get(&self) -> Reply<'_, Session> {
        reply(Ok(Session {
            app: "demo".to_owned(),
            queues: vec!["celery".to_owned()],
            task_names: vec!["demo.add".to_owned()],
            now: NOW,
            ..Session::default()
        }))
    }

    fn broker(&self) -> Reply<'_, BrokerStanding> {
        reply(Ok(BrokerStanding::default()))
    }
}

/// A row with plain values.
pub(crate) fn row(id: &str, name: &str, state: TaskState) -> TaskRow {
    TaskRow {
        id: id.to_owned(),
        name: name.to_owned(),
        state,
        custom_state: None,
        queue: Some("celery".to_owned()),
        worker: Some("umbel@here".to_owned()),
        call: "(2, 3)".to_owned(),
        progress: None,
        created_at: NOW - 12_000,
        started_at: Some(NOW - 11_000),
        finished_at: Some(NOW - 10_000),
        eta: None,
        runtime: Some(0.842),
        retries: 0,
        exception: None,
    }
}

/// A task's page with plain values.
pub(crate) fn detail(row: TaskRow) -> TaskDetail {
    TaskDetail {
        row,
        args: Some(serde_json::json!([2, 3])),
        kwargs: Some(serde_json::json!({})),
        args_note: None,
        result: Some(serde_json::json!(5)),
        result_note: None,
        traceback: None,
        progress: None,
        attempts: Vec::new(),
        timeline: Vec::new(),
        received_at: Some(NOW - 11_500),
        expires: None,
        priority: Some(3),
        place: None,
        parent_id: None,
        root_id: None,
        retry_of: None,
        retried_as: Vec::new(),
        can_cancel: false,
        retry_refusal: None,
        seq: 7,
        now: NOW,
    }
}
