//! A start completes history from stored results.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use umbel::broker::Broker;
use umbel::broker::sqlite::SqliteBroker;
use umbel::bus::local::LocalBus;
use umbel::bus::{Bus, Speaker};
use umbel::clock::SystemClock;
use umbel::config::Config;
use umbel::monitor::{Monitor, MonitorSettings, TaskStory};
use umbel::protocol::{
    Body, EventKind, Exception, Headers, Message, ResultMeta, State, TaskId, TaskInfo, result, time,
};
use umbel::results::ResultStore;
use umbel::results::sqlite::SqliteResults;
use umbel::runtime::Runtime;
use umbel::service::Services;
use umbel::store::{CONFIRMED, Db, Durability, history};
use umbel::task::Tasks;

/// When all the tasks were started: a whole second some minutes ago, so that nothing is pruned.
static STARTED: LazyLock<DateTime<Utc>> = LazyLock::new(|| {
    DateTime::from_timestamp(SystemClock::shared().now().timestamp() - 300, 0).expect("sane")
});

/// How long a test waits for something that must happen before it fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// When all the results were stored.
fn stored_at() -> DateTime<Utc> {
    *STARTED + TimeDelta::seconds(2)
}

/// Leaves a folder as a crash does: history knows that these tasks were started, and there it ends.
async fn crash(folder: &Path, ids: &[&str], more: Vec<EventKind>, stored: Vec<ResultMeta>) {
    let clock = SystemClock::shared();
    let confirmed = Db::open(&folder.join("umbel.db"), Durability::System, CONFIRMED).expect("opens");
    let results = SqliteResults::new(confirmed.clone(), Arc::clone(&clock), None);
    results.put(stored).await.expect("stored");
    let history = Db::open(&folder.join("history.db"), Durability::System, history::MIGRATIONS);
    let history = history.expect("opens");
    let (services, bus) = (Services::new(), LocalBus::new());
    let started = time::to_epoch(*STARTED);
    let speaker = Speaker::new("umbel@before", Arc::clone(&clock));
    let monitor = Monitor::start(&services, &bus, history.clone(), clock, MonitorSettings::default());
    let monitor = monitor.await.expect("starts");
    for id in ids {
        let uuid = TaskId::from(*id);
        let info = Box::new(TaskInfo::new(uuid.clone(), "demo.add"));
        let life = [EventKind::TaskReceived(info), EventKind::TaskStarted { uuid }];
        bus.publish(life.map(|kind| speaker.event_at(started, kind)).into()).await;
    }
    bus.publish(more.into_iter().map(|kind| speaker.event_at(started + 1.0, kind)).collect()).await;
    services.stop().await;
    drop(monitor);
    history.close().await;
    confirmed.close().await;
}

fn meta(id: &str, state: State, value: impl serde::Serialize) -> ResultMeta {
    let mut meta = ResultMeta::new(TaskId::from(id), state, result::raw(&value).expect("JSON"));
    meta.date_done = meta.status.is_ready().then(|| time::format(stored_at()));
    meta
}

async fn restart(folder: &Path) -> Runtime {
    let mut config = Config { data_dir: folder.to_owned(), ..Config::default() };
    config.http.port = 0;
    config.worker.enabled = false;
    Runtime::start(config, Tasks::new().build().expect("sound")).await.expect("starts")
}

async fn story(runtime: &Runtime, id: &str) -> TaskStory {
    runtime.monitor().expect("there is one").task(id).await.expect("answers").expect("known")
}

/// Waits until the task has come to this state.
async fn reaches(runtime: &Runtime, id: &str, state: State) -> TaskStory {
    let feed = runtime.monitor().expect("there is one").feed();
    loop {
        let seen = runtime.monitor().expect("there is one").seq();
        let story = story(runtime, id).await;
        if story.record.state == state {
            return story;
        }
        tokio::time::timeout(PATIENCE, feed.next(seen)).await.expect("it is told in time");
    }
}

#[tokio::test]
async fn ends_that_history_missed_are_told_from_their_results() {
    let folder = tempfile::tempdir().expect("a folder");
    let ids = ["done", "broken", "killed", "late", "again", "unknown"];
    let mut broken = meta("broken", State::Failure, Exception::builtin("ValueError", "boom"));
    broken.traceback = Some("Traceback: boom".to_owned());
    let stored = vec![
        meta("done", State::Success, json!({"sum": 5})),
        broken,
        meta("killed", State::Revoked, Exception::revoked("terminated")),
        meta("late", State::Revoked, Exception::revoked("expired")),
        meta("again", State::Retry, Exception::builtin("OSError", "slow")),
    ];
    crash(folder.path(), &ids, Vec::new(), stored).await;

    let runtime = restart(folder.path()).await;
    // The last one told: what stands before it has been heard as well.
    let again = reaches(&runtime, "again", State::Retry).await;
    assert_eq!(again.record.exception.as_deref(), Some("OSError('slow')"));
    let done = story(&runtime, "done").await;
    assert_eq!(done.record.state, State::Success);
    assert_eq!(done.record.result.as_deref(), Some("{'sum': 5}"));
    assert_eq!(done.record.finished_at(), Some(stored_at().timestamp_millis()));
    assert_eq!(done.record.runtime, Some(2.0), "from its start to what the result says");
    assert_eq!(done.record.worker.as_deref(), Some("umbel@before"), "who ran it is not forgotten");
    let broken = story(&runtime, "broken").await;
    assert_eq!(broken.record.state, State::Failure);
    assert_eq!(broken.record.exception.as_deref(), Some("ValueError('boom')"));
    assert_eq!(broken.traceback(), Some("Traceback: boom"));
    for (id, remark) in [("killed", "terminated by 15"), ("late", "expired")] {
        let story = story(&runtime, id).await;
        assert_eq!(story.record.state, State::Revoked);
        assert_eq!(story.timeline.last().and_then(|entry| entry.remark.as_deref()), Some(remark));
    }
    let unknown = story(&runtime, "unknown").await;
    assert_eq!(unknown.record.state, State::Started, "without a result nobody knows");
    assert!(
        runtime.monitor().expect("there is one").workers().is_empty(),
        "a stored result is no sign of life"
    );
    runtime.stop(false).await;
}

#[tokio::test]
async fn what_history_knows_better_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let uuid = TaskId::from("second");
    let retried = EventKind::TaskRetried {
        uuid: uuid.clone(),
        exception: "OSError('slow')".to_owned(),
        traceback: None,
        eta: None,
    };
    let again = EventKind::TaskReceived(Box::new(TaskInfo { retries: 1, ..TaskInfo::new(uuid, "demo.add") }));
    let stored = vec![
        meta("second", State::Retry, Exception::builtin("OSError", "slow")),
        meta("told", State::progress(), json!({"percent": 50})),
        meta("zz-last", State::Success, json!(null)),
    ];
    crash(folder.path(), &["second", "told", "zz-last"], vec![retried, again], stored).await;

    let runtime = restart(folder.path()).await;
    reaches(&runtime, "zz-last", State::Success).await;
    let second = story(&runtime, "second").await;
    assert_eq!(second.record.retries, 1, "the stored result is that of the attempt before");
    assert_eq!(second.timeline.len(), 4, "nothing was told of it");
    assert_eq!(story(&runtime, "told").await.record.state, State::Started);
    runtime.stop(false).await;
}

/// Steps are bounded, so a start has to take several of them.
#[tokio::test]
async fn many_unfinished_tasks_take_several_steps() {
    let folder = tempfile::tempdir().expect("a folder");
    let ids: Vec<String> = (0..1201).map(|number| format!("t{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let stored = ids.iter().map(|id| meta(id, State::Success, json!(1))).collect();
    crash(folder.path(), &ids, Vec::new(), stored).await;

    let runtime = restart(folder.path()).await;
    for id in [ids[1200], ids[0], ids[500]] {
        reaches(&runtime, id, State::Success).await;
    }
    let monitor = runtime.monitor().expect("there is one").clone();
    runtime.stop(false).await;
    assert_eq!(monitor.counts().running, 0);
}

#[tokio::test]
async fn what_history_never_heard_of_is_told_from_messages_and_results() {
    let folder = tempfile::tempdir().expect("a folder");
    crash(folder.path(), &["known"], Vec::new(), Vec::new()).await;
    let clock = SystemClock::shared();
    let confirmed = Db::open(&folder.path().join("umbel.db"), Durability::System, CONFIRMED).expect("opens");
    let broker = SqliteBroker::open(confirmed.clone(), Arc::clone(&clock), PATIENCE).await.expect("opens");
    let mut held = Headers::new(TaskId::from("held"), "demo.later");
    held.eta = Some(*STARTED + TimeDelta::days(1));
    let body = Body::new(vec![json!(7)], serde_json::Map::new()).encode();
    let message = Message { headers: held, body, queue: "slow".to_owned(), priority: 3 };
    broker.publish(vec![message]).await.expect("published");
    let mut done = meta("done", State::Success, 5);
    (done.name, done.worker) = (Some("demo.add".to_owned()), Some("umbel@before".to_owned()));
    (done.queue, done.retries) = (Some("celery".to_owned()), Some(1));
    SqliteResults::new(confirmed.clone(), clock, None).put(vec![done]).await.expect("stored");
    confirmed.close().await;

    let runtime = restart(folder.path()).await;
    let monitor = runtime.monitor().expect("there is one").clone();
    let feed = monitor.feed();
    while monitor.task("done").await.expect("answers").is_none() {
        tokio::time::timeout(PATIENCE, feed.next(monitor.seq())).await.expect("it is told in time");
    }
    let done = reaches(&runtime, "done", State::Success).await.record;
    assert_eq!((done.name.as_deref(), done.worker.as_deref()), (Some("demo.add"), Some("umbel@before")));
    assert_eq!((done.queue.as_deref(), done.retries), (Some("celery"), 1));
    let held = story(&runtime, "held").await;
    assert_eq!(
        (held.record.name.as_deref(), held.record.queue.as_deref()),
        (Some("demo.later"), Some("slow"))
    );
    assert!(held.record.eta.is_some());
    runtime.stop(false).await;
}
