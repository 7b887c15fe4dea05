//! What was recorded of workers that meet: greetings, elections, and one that is lost.

use super::shape::difference;
use super::stage::{NODE, Stage};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use umbel::protocol::EventKind;
use umbel::protocol::control::Request;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/celery/mingle")
}

fn read(file: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(file).with_extension("json")).expect("a recording");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn every_recording_is_looked_at() {
    let files = std::fs::read_dir(folder()).expect("the recordings");
    let files: BTreeSet<String> = files
        .map(|file| file.expect("a file").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    let here = include_str!("mingle.rs");
    let elsewhere = ["lost_node"]; // a line of a log, held beside ours in worker/neighbours/mod.rs
    let is_read = |file: &str| here.contains(&format!("(\"{file}\")")) || elsewhere.contains(&file);
    let unread: Vec<_> = files.iter().filter(|file| !is_read(file)).collect();
    assert!(unread.is_empty(), "{unread:?}");
}

#[tokio::test]
async fn a_greeting_is_answered_as_celery_answers_it() {
    let stage = Stage::empty().await;
    stage.ask("revoke", json!({"task_id": ["m-2", "m-1"]})).await;
    let recorded = &read("hello")["payload"];
    let request: Request = serde_json::from_value(recorded["request"].clone()).expect("a request");
    let ours = stage.put(request).await.expect("an answer");
    assert_eq!(difference(&recorded["replies"][0]["body"][NODE], &ours, &["clock"]), None);
    let known = stage.ask("revoked", json!({})).await;
    assert_eq!(known, read("revoked_after")["payload"][NODE]);
}

/// A recorded event's own fields.
fn recorded_event(channel: &str) -> Value {
    let election = read("election");
    let commands = election["redis_commands"].as_array().expect("commands").iter();
    let mut bodies = commands.filter(|command| command["cmd"][1] == channel).map(|command| &command["body"]);
    let body = bodies.next().and_then(Value::as_str).expect("an event");
    let mut event: Value = serde_json::from_str(body).expect("JSON");
    let fields = event.as_object_mut().expect("an object");
    for common in ["hostname", "utcoffset", "pid", "clock", "timestamp", "type"] {
        fields.remove(common).expect("a field all events have");
    }
    event
}

#[tokio::test]
async fn elections_are_spoken_of_as_celery_speaks_of_them() {
    let mut stage = Stage::among_others().await;
    let election = read("election");
    let asked = election["redis_commands"][0]["body"].as_str().expect("a request");
    stage.put(serde_json::from_str(asked).expect("a request")).await;
    for (kind, channel) in
        [("worker-elect", "/0.celeryev/worker.elect"), ("worker-elect-ack", "/0.celeryev/worker.elect.ack")]
    {
        let told = stage.event(|told| told.type_name() == kind).await;
        let EventKind::Other { fields, .. } = told else { panic!("{kind} is told as {told:?}") };
        assert_eq!(difference(&recorded_event(channel), &Value::Object(fields), &[]), None);
    }
}

/// Celery's worker dies of this: `IndexError('list index out of range')`.
#[tokio::test]
async fn one_live_worker_wins_and_lives_on() {
    assert_eq!(read("election_single_node")["payload"]["alive"], false);
    let mut stage = Stage::among_others().await;
    let action = json!({"task": "proj.add", "args": [], "kwargs": {}, "options": {}});
    let election = json!({"id": "el-1", "topic": "task", "action": action});
    assert_eq!(stage.ask("election", election).await, Value::Null);
    stage.event(|kind| matches!(kind, EventKind::TaskSucceeded { .. })).await;
    assert_eq!(stage.ask("ping", json!({})).await, json!({"ok": "pong"}));
}
