//! What the product finds out about workers of others, on a Redis of its own.

use super::neighbour::Neighbour;
use crate::support::redis::RedisServer;
use serde_json::{Value, json};
use std::future::Future;
use std::path::Path;
use std::time::Duration;
use umbel::bus::Bus as _;
use umbel::config::Config;
use umbel::monitor::{Monitor, TaskStory, WorkerRecord};
use umbel::protocol::{EventKind, State, TaskId, TaskInfo};
use umbel::redis_link::Address;
use umbel::runtime::Runtime;
use umbel::task::Tasks;

/// How long something may take on a busy machine before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A dashboard without a worker.
async fn dashboard(server: &RedisServer, folder: &Path, enable_events: bool) -> Runtime {
    let mut config = Config { data_dir: folder.to_owned(), enable_events, ..Config::default() };
    config.broker.url = Some(Address::parse(&server.url()).expect("a sound URL"));
    config.http.port = 0;
    config.worker.enabled = false;
    Runtime::start(config, Tasks::new().build().expect("sound")).await.expect("starts")
}

/// Looks again after each change of the picture, until it is so.
async fn until<T, F: Future<Output = Option<T>>>(monitor: &Monitor, what: &str, look: impl Fn() -> F) -> T {
    let looking = async {
        loop {
            let seen = monitor.seq();
            if let Some(found) = look().await {
                return found;
            }
            monitor.feed().next(seen).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("in vain: {what}"))
}

async fn worker(monitor: &Monitor, what: &str, is_so: impl Fn(&WorkerRecord) -> bool) -> WorkerRecord {
    until(monitor, what, || async { monitor.worker("celery@there").filter(|worker| is_so(worker)) }).await
}

async fn task(monitor: &Monitor, id: &str, state: &str) -> TaskStory {
    until(monitor, &format!("{id} becomes {state}"), || async {
        let story = monitor.task(id).await.expect("answers");
        story.filter(|story| story.record.state.as_str() == state)
    })
    .await
}

fn received(id: &str) -> [EventKind; 2] {
    let uuid = TaskId::from(id);
    let info = TaskInfo::new(uuid.clone(), "proj.progress");
    [EventKind::TaskReceived(Box::new(info)), EventKind::TaskStarted { uuid }]
}

fn sent(id: &str) -> EventKind {
    EventKind::TaskSent(Box::new(TaskInfo::new(TaskId::from(id), "proj.add")))
}

/// Stores a result as Python does.
fn store(server: &RedisServer, id: &str, status: &str, result: &Value, done: Option<&str>) {
    let meta = json!({
        "status": status, "result": result, "traceback": null, "children": [], "date_done": done, "task_id": id
    });
    redis::cmd("SETEX")
        .arg(format!("celery-task-meta-{id}"))
        .arg(3600)
        .arg(meta.to_string())
        .query::<()>(&mut server.connect())
        .expect("stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_was_there_before_is_told_in_full() {
    let (server, folder) = (RedisServer::start(), tempfile::tempdir().expect("a folder"));
    let neighbour = Neighbour::join(&server.url(), "celery@there").await;
    neighbour.change("stats", |answer| answer["uptime"] = json!(3600));
    let silent = Neighbour::join(&server.url(), "celery@silent").await;
    silent.change("stats", |answer| *answer = json!({"error": "no"}));
    let runtime = dashboard(&server, folder.path(), true).await;
    let monitor = runtime.monitor().expect("there is one");

    let known = worker(monitor, "it is told in full", |worker| !worker.registered.is_empty()).await;
    assert!(known.online);
    assert_eq!((known.slots, known.pool.as_deref()), (Some(2), Some("prefork")));
    assert_eq!(known.queues, ["celery"]);
    assert!(known.registered.contains(&"proj.limited".to_owned()), "{:?}", known.registered);
    let born = known.started_at.expect("it told for how long it has been there");
    assert!(born + 3_000_000 < known.last_heartbeat.expect("it showed itself"), "an hour, it said");
    for method in ["stats", "active_queues", "registered"] {
        for request in neighbour.heard(method) {
            let names = request.destination.clone().expect("nobody else is bothered");
            assert!(names.contains(&"celery@there".to_owned()));
        }
    }
    assert!(!neighbour.heard("enable_events").is_empty(), "it is asked to tell of its tasks");
    let counted: Vec<String> =
        redis::cmd("SMEMBERS").arg("umbel.queues").query(&mut server.connect()).expect("answers");
    assert!(counted.contains(&"celery".to_owned()), "its queue is counted: {counted:?}");

    // Somebody else changes it.
    neighbour.change("stats", |answer| answer["pool"]["max-concurrency"] = json!(5));
    silent.ask("pool_grow", json!({"n": 3}), "celery@there").await;
    worker(monitor, "it has grown", |worker| worker.slots == Some(5)).await;

    // It comes anew, as another one.
    neighbour.change("active_queues", |answer| answer[0]["name"] = json!("mail"));
    neighbour.say([EventKind::WorkerOnline(Default::default())]).await;
    worker(monitor, "it is asked again", |worker| worker.queues == ["mail"]).await;
    runtime.stop(false).await;
    neighbour.leave().await;
    silent.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_for_events_when_that_is_switched_off() {
    let (server, folder) = (RedisServer::start(), tempfile::tempdir().expect("a folder"));
    let neighbour = Neighbour::join(&server.url(), "celery@there").await;
    let runtime = dashboard(&server, folder.path(), false).await;
    let monitor = runtime.monitor().expect("there is one");
    worker(monitor, "it is told in full", |worker| worker.slots.is_some()).await;
    assert!(neighbour.heard("enable_events").is_empty());
    runtime.stop(false).await;
    neighbour.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_read_from_the_results_of_unmodified_tasks() {
    let (server, folder) = (RedisServer::start(), tempfile::tempdir().expect("a folder"));
    let neighbour = Neighbour::join(&server.url(), "celery@there").await;
    let mut overheard = neighbour.bus().events();
    let runtime = dashboard(&server, folder.path(), true).await;
    let monitor = runtime.monitor().expect("there is one");
    worker(monitor, "it is there", |worker| worker.slots.is_some()).await;

    neighbour.say(received("t1")).await;
    task(monitor, "t1", "STARTED").await;
    store(&server, "t1", "PROGRESS", &json!({"current": 1, "total": 2}), None);
    let story = task(monitor, "t1", "PROGRESS").await;
    assert_eq!(story.record.meta.as_deref(), Some(r#"{"current":1,"total":2}"#));
    assert_eq!(story.record.worker.as_deref(), Some("celery@there"), "it is still whose it was");

    // A later task goes through all of it while the first one stands still: of that nothing is told twice.
    neighbour.say(received("t2")).await;
    store(&server, "t2", "FETCHING", &json!(null), None);
    task(monitor, "t2", "FETCHING").await;
    store(&server, "t2", "PROGRESS", &json!({"percent": 50}), None);
    task(monitor, "t2", "PROGRESS").await;
    assert_eq!(task(monitor, "t1", "PROGRESS").await.timeline.len(), 3);
    store(&server, "t1", "PROGRESS", &json!({"current": 2, "total": 2}), None);
    until(monitor, "its progress", || async {
        let story = monitor.task("t1").await.expect("answers").expect("known");
        (story.record.meta.as_deref() == Some(r#"{"current":2,"total":2}"#)).then_some(())
    })
    .await;

    let uuid = TaskId::from("t1");
    neighbour.say([EventKind::TaskSucceeded { uuid, result: "2".to_owned(), runtime: Some(2.0) }]).await;
    let story = task(monitor, "t1", "SUCCESS").await;
    assert_eq!((story.record.runtime, story.timeline.len()), (Some(2.0), 5));
    runtime.stop(false).await;
    while let Ok(events) = overheard.try_recv() {
        let ours = events.iter().filter(|event| &*event.hostname != "celery@there");
        assert_eq!(ours.count(), 0, "what we find out is told to nobody else");
    }
    neighbour.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_whose_worker_tells_nothing_ends_by_its_result() {
    let (server, folder) = (RedisServer::start(), tempfile::tempdir().expect("a folder"));
    let client = Neighbour::join(&server.url(), "gen7@there").await;
    let runtime = dashboard(&server, folder.path(), true).await;
    let monitor = runtime.monitor().expect("there is one");
    worker_is_heard(monitor, &client).await;
    client.say(["done", "broken", "again", "waiting"].map(sent)).await;
    let long_ago = Some("2026-01-01T12:00:00.000000+00:00");
    store(&server, "done", "SUCCESS", &json!({"sum": 3}), long_ago);
    let error = json!({"exc_type": "ValueError", "exc_message": ["boom"], "exc_module": "builtins"});
    store(&server, "broken", "FAILURE", &error, long_ago);
    store(&server, "again", "RETRY", &error, None);

    let done = task(monitor, "done", "SUCCESS").await.record;
    assert_eq!(done.result.as_deref(), Some("{'sum': 3}"));
    assert_eq!(done.worker, None, "nobody said who it was");
    let broken = task(monitor, "broken", "FAILURE").await.record;
    assert_eq!(broken.exception.as_deref(), Some("ValueError('boom')"));
    task(monitor, "again", "RETRY").await;
    store(&server, "again", "STARTED", &json!({"pid": 7, "hostname": "celery@quiet"}), None);
    task(monitor, "again", "STARTED").await;
    assert_eq!(task(monitor, "waiting", "PENDING").await.timeline.len(), 1);
    runtime.stop(false).await;
    client.leave().await;
}

/// The bus hears what is said from now on.
async fn worker_is_heard(monitor: &Monitor, client: &Neighbour) {
    until(monitor, "something is heard", || async {
        client.show_itself().await;
        monitor.worker("gen7@there")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_completes_history_from_results_on_redis() {
    let (server, folder) = (RedisServer::start(), tempfile::tempdir().expect("a folder"));
    let neighbour = Neighbour::join(&server.url(), "celery@there").await;
    let runtime = dashboard(&server, folder.path(), true).await;
    let monitor = runtime.monitor().expect("there is one");
    worker(monitor, "it is there", |worker| worker.slots.is_some()).await;
    neighbour.say(received("missed")).await;
    task(monitor, "missed", "STARTED").await;
    runtime.stop(false).await;

    // It ends while nobody watches.
    let done = chrono::Utc::now().to_rfc3339();
    store(&server, "missed", "SUCCESS", &json!(42), Some(&done));
    let runtime = dashboard(&server, folder.path(), true).await;
    let monitor = runtime.monitor().expect("there is one");
    let story = task(monitor, "missed", "SUCCESS").await;
    assert_eq!(story.record.state, State::Success);
    assert_eq!(story.record.result.as_deref(), Some("42"));
    assert_eq!(story.record.worker.as_deref(), Some("celery@there"));
    runtime.stop(false).await;
    neighbour.leave().await;
}
