//! The dashboard on the real embedded parts, with a worker that the test plays itself.

use super::socket::{Events, exchange};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use umbel::beat::{Beat, BeatParts, BeatSettings, Declared, Ends, Origin, Sightings};
use umbel::broker::sqlite::SqliteBroker;
use umbel::broker::{Broker, Reach, Verdict};
use umbel::bus::local::LocalBus;
use umbel::bus::{Bus, Speaker};
use umbel::client::{Client, ClientParts};
use umbel::clock::{SharedClock, SystemClock};
use umbel::control::ControlClient;
use umbel::monitor::{Monitor, MonitorSettings};
use umbel::protocol::{EventKind, ResultMeta, State, TaskId, WorkerInfo, result};
use umbel::results::ResultStore;
use umbel::results::sqlite::SqliteResults;
use umbel::schedule::Tz;
use umbel::service::Services;
use umbel::store::{CONFIRMED, Db, Durability, history};
use umbel::web::{self, Info, Settings, TaskListing, Web};

/// A served dashboard and the parts behind it.
pub(super) struct Embedded {
    pub(super) address: SocketAddr,
    pub(super) reach: watch::Sender<Reach>,
    pub(super) broker: SqliteBroker,
    pub(super) bus: Arc<dyn Bus>,
    pub(super) results: Arc<dyn ResultStore>,
    pub(super) monitor: Monitor,
    pub(super) beat: Beat,
    pub(super) worker: Speaker,
    pub(super) stop: CancellationToken,
    _folder: TempDir,
}

/// Nothing ever ends.
struct NoneEnds;

impl Ends for NoneEnds {
    fn ended(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Vec<bool>> {
        std::future::ready(vec![false; ids.len()]).boxed()
    }
}

fn listing(name: &str) -> TaskListing {
    TaskListing {
        name: name.to_owned(),
        queue: "default".to_owned(),
        parameters: vec!["x".to_owned()],
        summary: None,
        example: None,
    }
}

pub(super) async fn embedded() -> Embedded {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = |name: &str, scripts| {
        Db::open(&folder.path().join(name), Durability::System, scripts).expect("a fresh database")
    };
    let (db, history) = (open("umbel.db", CONFIRMED), open("history.db", history::MIGRATIONS));
    let clock: SharedClock = SystemClock::shared();
    let broker =
        SqliteBroker::open(db.clone(), clock.clone(), Duration::from_secs(60)).await.expect("a broker");
    let results: Arc<dyn ResultStore> = Arc::new(SqliteResults::new(db, clock.clone(), None));
    let bus: Arc<dyn Bus> = Arc::new(LocalBus::new());
    let services = Services::new();
    let monitor = Monitor::start(&services, &*bus, history, clock.clone(), MonitorSettings::default());
    let monitor = monitor.await.expect("a monitor");
    let speaker = Speaker::new("gen1@here", clock.clone());
    let client = Client::new(ClientParts {
        broker: Arc::new(broker.clone()),
        results: results.clone(),
        bus: bus.clone(),
        clock: clock.clone(),
        speaker: speaker.clone(),
        default_queue: "default".to_owned(),
        routes: Default::default(),
        body_limit: 64 * 1024,
    });
    let beat = Beat::start(
        &services,
        BeatParts {
            notebook: Arc::new(broker.clone()),
            client: client.clone(),
            clock: clock.clone(),
            ends: Arc::new(NoneEnds),
            sightings: Sightings::new(clock.clone()),
            declared: vec![Declared {
                name: "brought".to_owned(),
                origin: Origin::File { path: "umbel.toml".to_owned(), node: "umbel@here".to_owned() },
                entry: json!({"task": "demo.fetch", "schedule": "0 0 1 1 *"}),
            }],
            settings: BeatSettings {
                node: "umbel@here".to_owned(),
                zone: Tz::Europe__Berlin,
                starting_deadline: None,
                max_loop_interval: Duration::from_secs(1),
                lease: Duration::from_secs(7),
                tasks: None,
                is_watched: true,
            },
        },
    );
    let admin = Arc::new(broker.clone());
    let control = ControlClient::new(bus.clone(), admin.clone(), results.clone(), clock.clone(), speaker);
    let reach = watch::Sender::new(Reach::Reachable);
    let web = Web {
        beat: Some(beat.clone()),
        monitor: monitor.clone(),
        client,
        control,
        admin,
        results: results.clone(),
        reach: reach.subscribe(),
        tasks: Arc::new([listing("demo.add"), listing("demo.fetch")]),
        clock: clock.clone(),
        info: Info {
            app: "test".to_owned(),
            broker: "redis://user:hunter2@localhost:6379/0".to_owned(),
            ..Info::default()
        },
    };
    let listener = web::bind(([127, 0, 0, 1], 0).into()).await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let stop = CancellationToken::new();
    tokio::spawn(web::serve(listener, web, Settings::default(), stop.clone()));
    let worker = Speaker::new("w@here", clock);
    Embedded { address, reach, broker, bus, results, monitor, beat, worker, stop, _folder: folder }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Embedded {
    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        exchange(self.address, "GET", path, "").await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        exchange(self.address, "POST", path, &body.to_string()).await
    }

    pub(super) async fn send(&self, task: Value) -> String {
        let (status, answer) = self.post("/api/v1/tasks", task).await;
        assert_eq!(status, 202, "{answer}");
        answer["id"].as_str().expect("an id").to_owned()
    }

    /// Says it as the worker, and waits until the monitor has made something of it.
    pub(super) async fn tell(&self, kind: EventKind) {
        let seen = self.monitor.seq();
        self.bus.publish(vec![self.worker.event(kind)]).await;
        self.monitor.feed().next(seen).await;
    }

    /// Takes the task out of its queue for good and has it finish with this result.
    pub(super) async fn finish(&self, id: &str, status: State, value: Value) {
        let taken = self.broker.reserve(&["default".to_owned()], 10).await.expect("the broker answers");
        let tags = taken.iter().map(|delivery| (delivery.tag, Verdict::Ack)).collect();
        self.broker.settle(tags).await.expect("the broker answers");
        let uuid = TaskId::from(id);
        self.tell(EventKind::TaskStarted { uuid: uuid.clone() }).await;
        let raw = result::raw(&value).expect("JSON");
        let meta = ResultMeta::new(uuid.clone(), status.clone(), raw);
        self.results.put(vec![meta]).await.expect("the store answers");
        let kind = match status {
            State::Success => {
                EventKind::TaskSucceeded { uuid, result: value.to_string(), runtime: Some(0.25) }
            }
            _ => EventKind::TaskFailed {
                uuid,
                exception: "ValueError('boom')".to_owned(),
                traceback: Some("Traceback".to_owned()),
            },
        };
        self.tell(kind).await;
    }

    /// Follows a task until it is in this state.
    pub(super) async fn reaches(&self, id: &str, state: &str) -> Value {
        loop {
            let seen = self.monitor.seq();
            let (status, task) = self.get(&format!("/api/v1/tasks/{id}")).await;
            assert_eq!(status, 200, "{task}");
            if task["state"] == state {
                return task;
            }
            self.monitor.feed().next(seen).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_known_as_soon_as_it_is_sent_and_followed_to_its_end() {
    let here = embedded().await;
    let id = here
        .send(json!({"name": "demo.add", "args": [1, "two"], "kwargs": {"k": null}, "priority": 3}))
        .await;
    let (status, task) = here.get(&format!("/api/v1/tasks/{id}")).await;
    assert_eq!((status, &task["state"]), (200, &json!("PENDING")), "{task}");
    assert_eq!((&task["args"], &task["kwargs"]), (&json!([1, "two"]), &json!({"k": null})));
    assert_eq!((&task["queue"], &task["priority"]), (&json!("default"), &json!(3)));
    assert_eq!(task["call"], "(1, 'two', k=None)");

    let uuid = TaskId::from(id.as_str());
    here.tell(EventKind::TaskStarted { uuid: uuid.clone() }).await;
    let meta = json!({"current": 1, "total": 4, "message": "halfway"});
    here.tell(EventKind::TaskCustom { uuid, state: State::progress(), meta: meta.clone() }).await;
    let task = here.reaches(&id, "PROGRESS").await;
    assert_eq!((&task["progress"], &task["meta"]), (&json!(0.25), &meta));

    here.finish(&id, State::Success, json!({"deep": [1, 2]})).await;
    let task = here.reaches(&id, "SUCCESS").await;
    assert_eq!((&task["result"], &task["result_note"]), (&json!({"deep": [1, 2]}), &Value::Null));
    assert_eq!((&task["worker"], &task["runtime"]), (&json!("w@here"), &json!(0.25)));

    here.results.forget(vec![TaskId::from(id.as_str())]).await.expect("the store answers");
    let task = here.reaches(&id, "SUCCESS").await;
    assert_eq!(task["result_note"], "The result has expired; this is its text.");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows_is_not_found() {
    let here = embedded().await;
    for (method, path) in [("GET", ""), ("POST", "/cancel"), ("POST", "/retry")] {
        let (status, answer) =
            exchange(here.address, method, &format!("/api/v1/tasks/nobody{path}"), "").await;
        assert_eq!((status, &answer["error"]["code"]), (404, &json!("not_found")), "{method} {path}");
    }
    let (status, answer) = here.get("/api/v1/workers/nobody").await;
    assert_eq!((status, &answer["error"]["code"]), (404, &json!("not_found")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_task_is_cancelled_once() {
    let here = embedded().await;
    let id = here.send(json!({"name": "demo.add", "countdown": 3600})).await;
    here.reaches(&id, "SCHEDULED").await;
    let (status, _) = here.post(&format!("/api/v1/tasks/{id}/cancel"), json!({})).await;
    assert_eq!(status, 202);
    here.reaches(&id, "REVOKED").await;
    let (status, answer) = here.post(&format!("/api/v1/tasks/{id}/cancel"), json!({})).await;
    assert_eq!((status, &answer["error"]["message"]), (409, &json!("It has already finished with REVOKED.")));
    let (_, queues) = here.get("/api/v1/queues").await;
    assert_eq!(queues["queues"][0]["held"], 0, "it has left its queue: {queues}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_task_is_terminated_where_it_runs() {
    let here = embedded().await;
    let mut requests = here.bus.requests();
    let id = here.send(json!({"name": "demo.add"})).await;
    here.broker.reserve(&["default".to_owned()], 1).await.expect("the broker answers");
    here.tell(EventKind::TaskStarted { uuid: TaskId::from(id.as_str()) }).await;
    here.reaches(&id, "STARTED").await;
    let (status, _) = here.post(&format!("/api/v1/tasks/{id}/cancel"), json!({})).await;
    assert_eq!(status, 202);
    let request = requests.recv().await.expect("the workers are asked");
    assert_eq!((request.method.as_str(), &request.arguments["terminate"]), ("revoke", &json!(true)));
    assert_eq!(request.arguments["task_id"], json!([id]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_task_is_sent_again_and_the_two_know_of_each_other() {
    let here = embedded().await;
    let id = here.send(json!({"name": "demo.fetch", "args": [{"deep": [1]}], "priority": 5})).await;
    here.reaches(&id, "PENDING").await;
    let (status, answer) = here.post(&format!("/api/v1/tasks/{id}/retry"), json!({})).await;
    assert_eq!((status, &answer["error"]["message"]), (409, &json!("It has not finished yet.")));

    here.finish(
        &id,
        State::Failure,
        json!({"exc_type": "ValueError", "exc_message": ["boom"], "exc_module": "builtins"}),
    )
    .await;
    let task = here.reaches(&id, "FAILURE").await;
    assert_eq!((&task["exception"], &task["result"]), (&json!("ValueError('boom')"), &Value::Null));

    let (status, answer) = here.post(&format!("/api/v1/tasks/{id}/retry"), json!({})).await;
    assert_eq!((status, &answer["retry_of"]), (202, &json!(id)));
    let again = answer["id"].as_str().expect("an id").to_owned();
    let task = here.reaches(&again, "PENDING").await;
    assert_eq!((&task["retry_of"], &task["args"]), (&json!(id), &json!([{"deep": [1]}])));
    assert_eq!((&task["priority"], &task["queue"]), (&json!(5), &json!("default")));
    let (_, original) = here.get(&format!("/api/v1/tasks/{id}")).await;
    assert_eq!(original["retried_as"], json!([again]));
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_too_large_to_keep_refuse_a_retry_and_say_why() {
    let here = embedded().await;
    let id = here.send(json!({"name": "demo.add", "args": ["x".repeat(100_000)]})).await;
    here.finish(&id, State::Failure, json!({"exc_type": "E", "exc_message": [], "exc_module": "m"})).await;
    let task = here.reaches(&id, "FAILURE").await;
    let sentence = task["args_note"].as_str().expect("a note");
    assert!(sentence.starts_with("Its arguments are 97.7 KiB large"), "{sentence}");
    assert_eq!(task["args"], Value::Null);
    let (status, answer) = here.post(&format!("/api/v1/tasks/{id}/retry"), json!({})).await;
    assert_eq!((status, &answer["error"]["message"]), (409, &task["args_note"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelt_task_is_not_sent_and_neither_are_its_neighbours() {
    let here = embedded().await;
    let (status, answer) =
        here.post("/api/v1/tasks", json!([{"name": "demo.add"}, {"name": "demo.fetsh"}])).await;
    let sentence = "Task number 2: name \"demo.fetsh\" is not a task any worker has registered. Did you mean \"demo.fetch\"?";
    assert_eq!((status, &answer["error"]["message"]), (400, &json!(sentence)));
    assert_eq!(here.get("/api/v1/queues").await.1["queues"][0]["ready"], 0);

    let info = WorkerInfo { registered: vec!["shop.pay".to_owned()], ..WorkerInfo::default() };
    here.tell(EventKind::WorkerOnline(info)).await;
    here.send(json!({"name": "shop.pay"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_tells_what_happens() {
    let here = embedded().await;
    let mut events = Events::open(here.address, "/events", "").await;
    events.next().await.expect("the first frame");
    let id = here.send(json!({"name": "demo.add"})).await;
    let told = |frame: &Value| {
        frame["tasks"].as_array().is_some_and(|tasks| tasks.iter().any(|task| task["id"] == *id))
    };
    loop {
        let (_, frame) = events.next().await.expect("the stream goes on");
        if told(&frame) {
            break;
        }
    }
    let last = here.monitor.seq();
    drop(events);
    here.tell(EventKind::TaskStarted { uuid: TaskId::from(id.as_str()) }).await;
    let mut again = Events::open(here.address, "/events", &format!("Last-Event-ID: {last}\r\n")).await;
    let (_, frame) = again.next().await.expect("what was missed");
    assert!(told(&frame), "{frame}");
    assert_eq!(frame["gap"], false);

    let mut stranger = Events::open(here.address, "/events?since=12", "").await;
    let (_, frame) = stranger.next().await.expect("a frame");
    assert_eq!(frame["gap"], true, "that number is of another life");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_and_its_pages_show_what_is_there() {
    let here = embedded().await;
    let (status, answer) = here.get("/readyz").await;
    assert_eq!((status, &answer["ready"]), (200, &json!(true)), "{answer}");
    let id = here.send(json!({"name": "demo.add", "args": ["<script>alert(1)</script>"]})).await;
    here.reaches(&id, "PENDING").await;
    for path in ["/tasks".to_owned(), format!("/tasks/{id}"), "/queues".to_owned(), "/".to_owned()] {
        let (status, page) = exchange(here.address, "GET", &path, "").await;
        let page = page.as_str().expect("a page").to_owned();
        assert_eq!(status, 200, "{path}");
        assert!(!page.contains("<script>alert"), "{path}");
    }
    let (_, page) = exchange(here.address, "GET", "/tasks", "").await;
    assert!(page.as_str().is_some_and(|page| page.contains(&id)), "the row links to the task");
}
