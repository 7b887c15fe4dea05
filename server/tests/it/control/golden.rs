//! Each recorded request is put to our worker, and its answer held beside the recorded one.

use super::recorded::{Expect, RECORDINGS, Recording};
use super::shape::difference;
use super::stage::{NODE, Stage};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use umbel::client::Send;
use umbel::protocol::EventKind;
use umbel::protocol::control::Request;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/celery/pidbox")
}

#[test]
fn every_recording_has_an_expectation() {
    let files = std::fs::read_dir(folder()).expect("the recordings");
    let files: BTreeSet<String> = files
        .map(|file| file.expect("a file").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    let expected: BTreeSet<String> = RECORDINGS.iter().map(|recording| recording.file.to_owned()).collect();
    assert_eq!(files, expected);
    assert_eq!(RECORDINGS.len(), expected.len(), "each is expected once");
    let unexplained = |recording: &Recording| match recording.expect {
        Expect::Not(reason) | Expect::Ours(_, reason) => reason.is_empty(),
        _ => false,
    };
    assert!(!RECORDINGS.iter().any(unexplained), "what differs has a reason");
}

#[tokio::test]
async fn answers_are_those_of_celery() {
    let mut wrong = Vec::new();
    for recording in RECORDINGS {
        if let Some(difference) = replay(recording).await {
            wrong.push(format!("{}: {difference}", recording.file));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is different, if anything.
async fn replay(recording: &Recording) -> Option<String> {
    if matches!(recording.expect, Expect::Not(_)) {
        return None;
    }
    let recorded = read(recording.file);
    let mut stage = Stage::set().await;
    if recorded.text.contains("\"reserved-1\"") {
        stage.reserve().await;
    }
    if recorded.text.contains("stamp-1") {
        stage.send_stamped("stamp-1").await;
    }
    for file in recording.before {
        stage.put(read(file).request).await;
    }
    let ours = stage.put(recorded.request.clone()).await;
    match (&recording.expect, ours) {
        (Expect::Silence, None) => None,
        (Expect::Same(by_type), Some(ours)) => difference(&recorded.answer, &ours, by_type),
        (Expect::Shape, Some(ours)) => {
            let wrapped = |value: &Value| json!({ "answer": value });
            difference(&wrapped(&recorded.answer), &wrapped(&ours), &["answer"])
        }
        (Expect::Ours(expected, _), Some(ours)) => {
            let expected: Value = serde_json::from_str(expected).expect("JSON");
            (expected != ours).then(|| format!("{ours}, expected {expected}"))
        }
        (_, ours) => Some(format!("answered {ours:?}")),
    }
}

struct Recorded {
    text: String,
    request: Request,
    answer: Value,
}

fn read(file: &str) -> Recorded {
    let text = std::fs::read_to_string(folder().join(file).with_extension("json")).expect("a recording");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let request = serde_json::from_value(all["payload"]["request"].clone()).expect("a request");
    let answer = all["payload"]["replies"][0]["body"][NODE].clone();
    Recorded { text, request, answer }
}

#[tokio::test]
async fn secrets_stay_here() {
    let stage = Stage::empty().await;
    let changed = stage.ask("conf", json!({"with_defaults": false})).await;
    let expected = json!({
        "broker_url": "redis://:********@127.0.0.1:6401/0",
        "result_backend": "redis://127.0.0.1:6401/0",
        "secret_key": "********",
    });
    assert_eq!(changed, expected);
    assert_eq!(stage.ask("dump_conf", json!({})).await, expected);
    let all = stage.ask("conf", json!({"with_defaults": true})).await;
    assert_eq!(all["worker_concurrency"], 4);
    let report = stage.ask("report", json!({})).await.to_string();
    assert!(report.contains("secret_key: '********'") && !report.contains("hunter2"), "{report}");
}

#[tokio::test]
async fn registered_tasks_come_with_what_is_asked_for() {
    let stage = Stage::empty().await;
    let plain = stage.ask("registered", json!({"taskinfoitems": []})).await;
    assert_eq!(plain, json!(["proj.add", "proj.auto", "proj.limited [rate_limit=30/m]", "proj.sleep"]));
    let items = json!({"taskinfoitems": ["serializer", "max_retries", "rate_limit"]});
    let expected = json!([
        "proj.add [serializer=json max_retries=3]",
        "proj.auto [serializer=json max_retries=2]",
        "proj.limited [serializer=json max_retries=3 rate_limit=30/m]",
        "proj.sleep [serializer=json max_retries=3]",
    ]);
    assert_eq!(stage.ask("registered", items).await, expected);
}

#[tokio::test]
async fn a_heartbeat_comes_when_it_is_asked_for() {
    let mut stage = Stage::empty().await;
    assert_eq!(stage.ask("heartbeat", json!({})).await, Value::Null);
    // The one of the worker's own rhythm carries another frequency, and the clock stands still.
    stage.event(|kind| matches!(kind, EventKind::WorkerHeartbeat(info) if info.freq == 5.0)).await;
}

#[tokio::test]
async fn whatever_is_asked_the_worker_answers() {
    let stage = Stage::empty().await;
    let odd = [
        json!(null),
        json!([]),
        json!("x"),
        json!({"n": "many"}),
        json!({"n": -1, "ids": 5, "task_id": [1], "queue": 7, "headers": 1, "from_node": [], "signal": {}}),
        json!({"n": 1_000_000_000, "ids": [[]], "task_id": {}, "queue": "", "id": 1, "topic": [], "hard": "soon"}),
        json!({"task_name": {}, "rate_limit": [], "taskinfoitems": 5, "samples": "x", "soft": -1, "max": {}}),
    ];
    let verbs = [
        "active",
        "active_queues",
        "add_consumer",
        "autoscale",
        "cancel_consumer",
        "clock",
        "conf",
        "election",
        "heartbeat",
        "hello",
        "memdump",
        "memsample",
        "objgraph",
        "ping",
        "pool_grow",
        "pool_restart",
        "pool_shrink",
        "query_task",
        "rate_limit",
        "registered",
        "report",
        "reserved",
        "revoke",
        "revoke_by_stamped_headers",
        "revoked",
        "scheduled",
        "stats",
        "terminate",
        "time_limit",
        "",
        "__class__",
    ];
    for verb in verbs {
        for arguments in &odd {
            let answer = stage.put(Request::new(verb, arguments.clone())).await;
            assert!(answer.is_some(), "{verb} {arguments}");
        }
    }
}

impl Stage {
    /// A task that runs and carries a stamp.
    async fn send_stamped(&mut self, value: &str) {
        use umbel::broker::Broker;
        use umbel::protocol::{Body, Headers, Message, TaskId};
        let mut headers = Headers::new(TaskId::generate(), Send::new("proj.sleep").name);
        headers.stamped_headers = Some(vec!["mtask_id".to_owned()]);
        headers.stamps = Map::from_iter([("mtask_id".to_owned(), json!([value]))]);
        let body = Body::new(Vec::new(), Map::new()).encode();
        let message = Message { headers, body, queue: "celery".to_owned(), priority: 0 };
        self.runtime.broker.publish(vec![message]).await.expect("published");
        self.event(|kind| matches!(kind, EventKind::TaskStarted { .. })).await;
    }
}
