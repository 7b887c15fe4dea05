//! Fixed rows behind the ports, and a site made of them.

use app::ApiError;
use app::backend::{
    Backend, OverviewPort, QueuePort, Reply, SchedulePort, SessionPort, TaskPort, WorkerPort,
};
use app::view::{
    Acted, BrokerStanding, CalendarDay, CalendarHour, CeleryBeat, Cursor, FieldMistake, Health, Inspection,
    NewTask, Overview, Page, QueueDetail, QueueRow, RegisteredTask, RunKind, RunMark, ScheduleCalendar,
    ScheduleDetail, ScheduleFilter, ScheduleForm, ScheduleOrigin, SchedulePage, SchedulePreview, ScheduleRow,
    ScheduleStanding, SchedulerStanding, Session, Span, TaskDetail, TaskFilter, TaskRow, TaskState, Tiles,
    Upcoming, WaitingTask, WorkerAct, WorkerDetail, WorkerRow,
};
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use umbel::testing::ManualClock;
use umbel::web::live::{Listener, LiveSource};
use umbel::web::router::Site;
use umbel::web::{Assets, Settings};

/// Everything that could break out of HTML, of an attribute or of a script.
pub(crate) const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'</script><script>alert(2)</script>";
pub(crate) const NOW: i64 = 1_795_160_000_000;

/// What the ports were asked to do, and what they answer with.
#[derive(Default)]
pub(crate) struct Fixed {
    pub(crate) sent: Mutex<Vec<NewTask>>,
    pub(crate) asked: Mutex<Vec<TaskFilter>>,
    /// Schedules that were stored: the name, the entry, and in place of which one.
    pub(crate) stored: Mutex<Vec<(String, Value, Option<String>)>>,
    /// What was done with schedules, in words.
    pub(crate) done: Mutex<Vec<String>>,
}

pub(crate) fn row(id: &str, state: TaskState) -> TaskRow {
    TaskRow {
        id: id.to_owned(),
        name: HOSTILE.to_owned(),
        state,
        custom_state: None,
        queue: Some(HOSTILE.to_owned()),
        worker: Some(HOSTILE.to_owned()),
        call: HOSTILE.to_owned(),
        progress: None,
        created_at: NOW - 2_000,
        started_at: Some(NOW - 1_500),
        finished_at: state.is_final().then_some(NOW - 1_000),
        eta: None,
        runtime: state.is_final().then_some(0.5),
        retries: 0,
        exception: (state == TaskState::Failure).then(|| HOSTILE.to_owned()),
    }
}

fn detail(row: TaskRow) -> TaskDetail {
    TaskDetail {
        args: Some(json!([HOSTILE, 1])),
        kwargs: Some(json!({HOSTILE: HOSTILE})),
        args_note: None,
        result: Some(json!({"text": HOSTILE})),
        result_note: Some(HOSTILE.to_owned()),
        traceback: Some(HOSTILE.to_owned()),
        progress: None,
        attempts: Vec::new(),
        timeline: Vec::new(),
        received_at: None,
        expires: None,
        priority: Some(0),
        place: None,
        parent_id: None,
        root_id: None,
        retry_of: None,
        retried_as: Vec::new(),
        can_cancel: !row.state.is_final(),
        retry_refusal: None,
        seq: 7,
        now: NOW,
        row,
    }
}

fn worker() -> WorkerRow {
    WorkerRow {
        name: HOSTILE.to_owned(),
        online: true,
        active: 1,
        slots: Some(4),
        processed: 10,
        succeeded: 8,
        failed: 2,
        loadavg: Some([0.5, 0.25, 0.125]),
        queues: vec![HOSTILE.to_owned()],
        last_heartbeat: Some(NOW),
        started_at: Some(NOW - 60_000),
        software: Some(HOSTILE.to_owned()),
        pid: Some(1),
        clock_skew: None,
    }
}

fn queue() -> QueueRow {
    QueueRow {
        name: HOSTILE.to_owned(),
        ready: 3,
        held: 2,
        in_hand: 1,
        oldest: Some(NOW - 5_000),
        workers: 1,
        rate: 0.5,
        history: vec![0, 1, 3],
    }
}

fn answer<T: Send + 'static>(value: T) -> Reply<'static, T> {
    Box::pin(async { Ok(value) })
}

fn unknown<T: Send + 'static>() -> Reply<'static, T> {
    Box::pin(async { Err(ApiError::NotFound("Nobody knows this task.".to_owned())) })
}

impl TaskPort for Fixed {
    fn list(&self, filter: TaskFilter) -> Reply<'_, Page<TaskRow>> {
        self.asked.lock().expect("no test panics with it").push(filter);
        answer(Page {
            rows: vec![row("done", TaskState::Success), row("broken", TaskState::Failure)],
            prev: None,
            next: Some(Cursor("2.1".to_owned())),
            total: 2,
            unfiltered: 2,
            seq: 7,
            now: NOW,
        })
    }

    fn get(&self, id: String) -> Reply<'_, TaskDetail> {
        match id.as_str() {
            "done" => answer(detail(row("done", TaskState::Success))),
            "running" => answer(detail(row("running", TaskState::Started))),
            "panic" => Box::pin(async { panic!("secret insides") }),
            "stuck" => Box::pin(std::future::pending()),
            _ => unknown(),
        }
    }

    fn registered(&self) -> Reply<'_, Vec<RegisteredTask>> {
        answer(vec![RegisteredTask {
            name: HOSTILE.to_owned(),
            queue: "default".to_owned(),
            parameters: vec![HOSTILE.to_owned()],
            example: json!({HOSTILE: HOSTILE}),
            summary: Some(HOSTILE.to_owned()),
        }])
    }

    fn send(&self, tasks: Vec<NewTask>) -> Reply<'_, Vec<String>> {
        if tasks.iter().any(|task| task.name == "nobody.knows") {
            let sentence = "name \"nobody.knows\" is not a task any worker has registered.".to_owned();
            return Box::pin(async { Err(ApiError::BadRequest(sentence)) });
        }
        let ids = (0..tasks.len()).map(|place| format!("new-{place}")).collect();
        self.sent.lock().expect("no test panics with it").extend(tasks);
        answer(ids)
    }

    fn cancel(&self, ids: Vec<String>) -> Reply<'_, Vec<Acted>> {
        let act = |id: String| {
            let refusal = (id == "done").then(|| "It has already finished with SUCCESS.".to_owned());
            Acted { id, new_id: None, refusal }
        };
        answer(ids.into_iter().map(act).collect())
    }

    fn retry(&self, ids: Vec<String>) -> Reply<'_, Vec<Acted>> {
        let act = |id: String| Acted { new_id: Some(format!("{id}-again")), id, refusal: None };
        answer(ids.into_iter().map(act).collect())
    }
}

impl WorkerPort for Fixed {
    fn list(&self) -> Reply<'_, Vec<WorkerRow>> {
        answer(vec![worker()])
    }

    fn get(&self, name: String) -> Reply<'_, WorkerDetail> {
        if name != HOSTILE {
            return unknown();
        }
        answer(WorkerDetail {
            row: worker(),
            pool: Some("tasks".to_owned()),
            running: Vec::new(),
            registered: vec![HOSTILE.to_owned()],
            seq: 7,
            now: NOW,
        })
    }

    fn inspect(&self, _: String, _: Duration) -> Reply<'_, Inspection> {
        answer(Inspection {
            answered: true,
            pool: Some(HOSTILE.to_owned()),
            conf: Some(json!({HOSTILE: HOSTILE})),
            ..Inspection::default()
        })
    }

    fn act(&self, name: String, act: WorkerAct) -> Reply<'_, String> {
        match (name.as_str(), act) {
            ("w/1", WorkerAct::PoolGrow { n: 2 }) => answer("pool will grow".to_owned()),
            (_, act) => Box::pin(async move { Err(ApiError::Conflict(format!("w refuses: {act:?}"))) }),
        }
    }
}

impl QueuePort for Fixed {
    fn list(&self) -> Reply<'_, Vec<QueueRow>> {
        answer(vec![queue()])
    }

    fn get(&self, name: String, offset: u64) -> Reply<'_, QueueDetail> {
        let waiting = WaitingTask {
            id: HOSTILE.to_owned(),
            name: HOSTILE.to_owned(),
            call: HOSTILE.to_owned(),
            priority: 0,
            place: offset,
            since: Some(NOW),
            until: None,
        };
        answer(QueueDetail {
            row: QueueRow { name, ..queue() },
            takers: vec![HOSTILE.to_owned()],
            offset,
            waiting: vec![waiting],
            more: true,
            now: NOW,
        })
    }

    fn purge(&self, name: String) -> Reply<'_, u64> {
        answer(name.len() as u64)
    }
}

impl Fixed {
    fn note(&self, what: String) {
        self.done.lock().expect("no test panics with it").push(what);
    }
}

impl SchedulePort for Fixed {
    fn list(&self, filter: ScheduleFilter) -> Reply<'_, SchedulePage> {
        self.note(format!("list {filter:?}"));
        answer(SchedulePage {
            rows: vec![schedule()],
            total: 1,
            unfiltered: 1,
            scheduler: SchedulerStanding {
                leader: Some(HOSTILE.to_owned()),
                is_us: false,
                zone: "Europe/Berlin".to_owned(),
                beats: vec![CeleryBeat {
                    origin: HOSTILE.to_owned(),
                    task: HOSTILE.to_owned(),
                    seen: NOW - 5_000,
                }],
            },
            now: NOW,
        })
    }

    fn get(&self, name: String) -> Reply<'_, ScheduleDetail> {
        let is_stored =
            self.stored.lock().expect("no test panics with it").iter().any(|(stored, ..)| *stored == name);
        if name == "new" && !is_stored {
            return unknown();
        }
        answer(ScheduleDetail {
            row: ScheduleRow { name: name.clone(), ..schedule() },
            form: Some(ScheduleForm {
                name,
                task: HOSTILE.to_owned(),
                kind: "crontab".to_owned(),
                crontab: "0 9 * * mon".to_owned(),
                ..ScheduleForm::default()
            }),
            definition: HOSTILE.to_owned(),
            upcoming: upcoming(),
            now: NOW,
        })
    }

    fn put(&self, name: String, definition: Value, instead_of: Option<String>) -> Reply<'_, ()> {
        if name == "taken" && instead_of.is_none() {
            let sentence = "There is a schedule of this name.".to_owned();
            return Box::pin(async { Err(ApiError::Conflict(sentence)) });
        }
        self.stored.lock().expect("no test panics with it").push((name, definition, instead_of));
        answer(())
    }

    fn remove(&self, name: String) -> Reply<'_, ()> {
        self.note(format!("remove {name}"));
        answer(())
    }

    fn pause(&self, name: String, paused: bool) -> Reply<'_, ()> {
        self.note(format!("{} {name}", if paused { "pause" } else { "resume" }));
        answer(())
    }

    fn run_now(&self, name: String) -> Reply<'_, String> {
        if name == "new" {
            return unknown();
        }
        answer(format!("{name}-1"))
    }

    fn preview(&self, definition: Value, zone: String) -> Reply<'_, SchedulePreview> {
        self.note(format!("preview in {zone:?}"));
        let wanted = ["task", "schedule"].into_iter().filter(|field| definition.get(field).is_none());
        let missing = wanted
            .map(|field| FieldMistake { field: field.to_owned(), sentence: "is missing".to_owned() })
            .collect();
        answer(SchedulePreview { words: HOSTILE.to_owned(), upcoming: upcoming(), mistakes: missing })
    }

    fn calendar(&self, zone: String) -> Reply<'_, ScheduleCalendar> {
        let hour = CalendarHour { runs: 7, work: Some(1.5), most: vec![HOSTILE.to_owned()] };
        let day = CalendarDay { date: "2026-11-20".to_owned(), start: NOW, hours: vec![hour; 24] };
        answer(ScheduleCalendar { zone, days: vec![day; 7] })
    }
}

fn schedule() -> ScheduleRow {
    ScheduleRow {
        name: HOSTILE.to_owned(),
        task: HOSTILE.to_owned(),
        queue: Some(HOSTILE.to_owned()),
        words: HOSTILE.to_owned(),
        written: HOSTILE.to_owned(),
        zone: "Europe/Berlin".to_owned(),
        origin: ScheduleOrigin::File { path: HOSTILE.to_owned(), node: HOSTILE.to_owned() },
        standing: ScheduleStanding::Broken { sentence: HOSTILE.to_owned() },
        warning: Some(HOSTILE.to_owned()),
        next: vec![NOW + 60_000],
        marks: vec![RunMark {
            due: NOW - 60_000,
            kind: RunKind::Late,
            count: 1,
            id: Some(HOSTILE.to_owned()),
            sent_at: Some(NOW - 58_000),
            state: Some(TaskState::Success),
            runtime: Some(0.5),
        }],
        sent: 1,
        passed: 0,
    }
}

fn upcoming() -> Vec<Upcoming> {
    vec![Upcoming { at: NOW + 60_000, local: HOSTILE.to_owned(), note: Some(HOSTILE.to_owned()) }]
}

impl OverviewPort for Fixed {
    fn get(&self, span: Span) -> Reply<'_, Overview> {
        answer(Overview {
            health: Health::default(),
            tiles: Tiles::default(),
            span,
            step: 1,
            series: Vec::new(),
            names: Vec::new(),
            seq: 7,
            now: NOW,
        })
    }
}

impl SessionPort for Fixed {
    fn get(&self) -> Reply<'_, Session> {
        answer(Session {
            app: HOSTILE.to_owned(),
            task_names: vec![HOSTILE.to_owned()],
            now: NOW,
            ..Session::default()
        })
    }

    fn broker(&self) -> Reply<'_, BrokerStanding> {
        answer(BrokerStanding { place: HOSTILE.to_owned(), ..BrokerStanding::default() })
    }
}

/// A stream the test feeds by hand: each number sent is one frame with that sequence number.
pub(crate) struct Feed(pub(crate) watch::Sender<u64>);

struct FeedListener {
    since: Option<u64>,
    newest: watch::Receiver<u64>,
}

impl LiveSource for Feed {
    fn listen(&self, since: Option<u64>) -> Box<dyn Listener> {
        Box::new(FeedListener { since, newest: self.0.subscribe() })
    }
}

impl Listener for FeedListener {
    fn wait(&mut self) -> futures_util::future::BoxFuture<'_, ()> {
        Box::pin(async {
            if self.newest.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }

    fn frame(&mut self) -> Option<app::view::LiveFrame> {
        let seq = *self.newest.borrow_and_update();
        let news = self.since.is_none_or(|since| since != seq);
        // Frames before the tenth are no longer kept.
        let gap = self.since.is_some_and(|since| since < 10);
        self.since = Some(seq);
        news.then(|| app::view::LiveFrame { seq, now: NOW, gap, ..Default::default() })
    }
}

/// A site of fixed rows that a test may change before it is served.
pub(crate) struct Stage {
    pub(crate) ports: Arc<Fixed>,
    pub(crate) feed: watch::Sender<u64>,
    pub(crate) site: Site,
}

pub(crate) fn stage() -> Stage {
    let ports = Arc::new(Fixed::default());
    let feed = watch::Sender::new(20);
    let backend = Backend {
        tasks: ports.clone(),
        workers: ports.clone(),
        queues: ports.clone(),
        schedules: ports.clone(),
        overview: ports.clone(),
        session: ports.clone(),
    };
    let site = Site {
        backend,
        clock: Arc::new(ManualClock::new()),
        live: Arc::new(Feed(feed.clone())),
        parts: Vec::new(),
        assets: Assets::folder("/nonexistent"),
        settings: Settings { host_names: vec!["dash.example".to_owned()], ..Settings::default() },
        bound: ([127, 0, 0, 1], 5555).into(),
        stop: CancellationToken::new(),
    };
    Stage { ports, feed, site }
}

/// Keyword arguments out of a JSON object.
pub(crate) fn kwargs(value: serde_json::Value) -> Map<String, serde_json::Value> {
    serde_json::from_value(value).expect("an object")
}
