//! The same messages that a recorded worker of Celery's was sent are sent to ours. It must send what that one sent,
//! and store what that one stored.

use super::{Log, project, publish};
use crate::worker::world_of;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::Duration;
use umbel::clock::SystemClock;
use umbel::protocol::{Body, Headers, Message, TaskId};
use umbel::results::{Chords, NewChord};

/// Headers that differ between any two senders.
const OF_THE_SENDER: &[&str] = &["lang", "origin", "ignore_result"];
/// Fields of results that differ between any two runs, or that ours adds (`result_extended`).
const OF_THE_RUN: &[&str] = &["date_done", "traceback", "name", "worker", "retries", "queue"];

/// How long what follows may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

struct Recording {
    /// Sent by the client.
    sent: Vec<Value>,
    /// Sent by the worker.
    followed: Vec<Value>,
    commands: Vec<Vec<String>>,
    results: Vec<Value>,
}

impl Recording {
    /// Reads a recording. `by_client` says how many of its messages its client has sent.
    fn read(name: &str, by_client: usize) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/fixtures/celery/sequences/{name}.json"));
        let file: Value = serde_json::from_slice(&std::fs::read(file).expect("there")).expect("JSON");
        let commands = file["redis_commands"].as_array().expect("commands");
        let mut messages: Vec<Value> =
            commands.iter().filter(|command| command["headers"].is_object()).cloned().collect();
        let followed = messages.split_off(by_client);
        let words = |command: &Value| serde_json::from_value(command["cmd"].clone()).unwrap_or_default();
        let results = file["payload"]["keys_afterwards"].as_object().expect("keys").iter();
        let results = results.filter(|(key, _)| key.starts_with("celery-task-meta-"));
        let results = results.map(|(_, key)| {
            serde_json::from_str(key["value"].as_str().expect("text")).expect("results are JSON")
        });
        Self {
            sent: messages,
            followed,
            results: results.collect(),
            commands: commands.iter().map(words).collect(),
        }
    }

    /// What the client has sent, as messages.
    fn messages(&self) -> Vec<Message> {
        let message = |sent: &Value| Message {
            headers: serde_json::from_value(sent["headers"].clone()).expect("headers"),
            body: sent["body"].as_str().expect("text").to_owned().into(),
            queue: "celery".to_owned(),
            priority: 0,
        };
        self.sent.iter().map(message).collect()
    }

    /// The chords the client has opened.
    fn chords(&self) -> Vec<NewChord> {
        let groups: Vec<&str> =
            self.sent.iter().filter_map(|sent| sent["headers"]["group"].as_str()).collect();
        let value_of = |key: &str| {
            let set = |words: &&Vec<String>| words.len() > 2 && words[0] == "SET" && words[1] == key;
            self.commands.iter().find(set).map(|words| words[2].clone())
        };
        let mut chords = Vec::new();
        for group in groups {
            let key = format!("celery-taskset-meta-{group}");
            if chords.iter().any(|chord: &NewChord| chord.group == group) {
                continue;
            }
            let structure = value_of(&key).map(|saved| {
                let saved: Value = serde_json::from_str(&saved).expect("JSON");
                umbel::protocol::result::raw(&saved["result"]).expect("JSON")
            });
            let size = value_of(&format!("{key}.s")).expect("its size was set").parse().expect("a number");
            chords.push(NewChord { group: group.to_owned(), size, structure });
        }
        chords
    }

    /// Ids the client has given. All others were made up by the worker.
    fn is_known(&self, id: &str) -> bool {
        self.sent.iter().any(|sent| sent.to_string().contains(id))
    }

    /// Replaces ids that a worker has made up.
    fn anonymous(&self, value: &Value) -> Value {
        match value {
            Value::String(id) if id.len() == 36 && id.contains('-') && !self.is_known(id) => json!("made up"),
            Value::Array(items) => items.iter().map(|item| self.anonymous(item)).collect(),
            Value::Object(map) => {
                map.iter().map(|(key, value)| (key.clone(), self.anonymous(value))).collect()
            }
            other => other.clone(),
        }
    }

    /// A message as it can be compared: headers without nulls, the body parsed, options without nulls.
    fn comparable(&self, headers: Value, body: &Value) -> Value {
        let headers: Map<String, Value> = headers
            .as_object()
            .expect("an object")
            .iter()
            .filter(|(name, value)| !value.is_null() && !OF_THE_SENDER.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        self.anonymous(&json!({"headers": headers, "body": without_null_options(body)}))
    }

    fn expected(&self) -> Vec<Value> {
        let comparable = |followed: &Value| {
            let body = serde_json::from_str(followed["body"].as_str().expect("text")).expect("JSON");
            self.comparable(followed["headers"].clone(), &body)
        };
        // A built-in task keeps no log; what it was called with shows in its result.
        let is_logged =
            |followed: &&Value| !followed["headers"]["task"].as_str().expect("a name").starts_with("celery.");
        self.followed.iter().filter(is_logged).map(comparable).collect()
    }

    fn received(&self, log: &Log) -> Vec<Value> {
        let followed = |(headers, _): &&(Headers, Body)| {
            !self.sent.iter().any(|sent| sent["headers"]["id"] == headers.id.as_str())
        };
        let comparable = |(headers, body): &(Headers, Body)| {
            let body = serde_json::from_slice(&body.encode()).expect("JSON");
            self.comparable(serde_json::to_value(headers).expect("JSON"), &body)
        };
        log.calls().iter().filter(followed).map(comparable).collect()
    }
}

fn without_null_options(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let is_set = |(key, value): &(&String, &Value)| {
                !(value.is_null() && matches!(key.as_str(), "priority" | "root_id" | "parent_id"))
            };
            map.iter().filter(is_set).map(|(key, value)| (key.clone(), without_null_options(value))).collect()
        }
        Value::Array(items) => items.iter().map(without_null_options).collect(),
        other => other.clone(),
    }
}

fn of_result(result: &Value) -> Value {
    let mut result = result.clone();
    let fields = result.as_object_mut().expect("an object");
    OF_THE_RUN.iter().for_each(|name| drop(fields.remove(*name)));
    result
}

async fn follows(name: &str, by_client: usize) {
    let recording = Recording::read(name, by_client);
    let (tasks, log) = project();
    // One at a time, so that tasks end in the order in which they were sent.
    let world = world_of(SystemClock::shared(), tasks, 1).await;
    world.runtime.results.open_chords(recording.chords()).await.expect("opened");
    publish(&world, recording.messages()).await;
    let (known, made_up): (Vec<_>, Vec<_>) = recording
        .results
        .iter()
        .partition(|result| recording.is_known(result["task_id"].as_str().expect("an id")));
    for expected in known {
        let meta = world.runtime.wait(&TaskId::from(expected["task_id"].as_str().expect("an id"))).await;
        let stored = serde_json::to_value(&meta).expect("JSON");
        let [expected, stored] = [expected, &stored].map(|result| recording.anonymous(&of_result(result)));
        assert_eq!(stored, expected, "{name}");
    }
    let mut expected = recording.expected();
    let all_received = async {
        while recording.received(&log).len() < expected.len() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, all_received).await.expect("what follows in time");
    let mut received = recording.received(&log);
    for messages in [&mut expected, &mut received] {
        messages.sort_by_key(ToString::to_string);
    }
    assert_eq!(received, expected, "{name}");
    for expected in made_up {
        let expected = recording.anonymous(&of_result(expected));
        let mut found = Vec::new();
        for (headers, _) in log.calls() {
            let stored = serde_json::to_value(world.runtime.wait(&headers.id).await).expect("JSON");
            found.push(recording.anonymous(&of_result(&stored)));
        }
        assert!(found.contains(&expected), "{name}: {expected} among {found:#?}");
    }
}

#[tokio::test]
async fn a_chain_goes_on() {
    follows("chain", 1).await;
}

#[tokio::test]
async fn the_rest_of_a_failed_chain_fails() {
    follows("chain_failure", 1).await;
}

#[tokio::test]
async fn a_callback_is_called() {
    follows("link", 1).await;
}

#[tokio::test]
async fn an_errback_is_called_with_the_failed_id() {
    follows("link_error_old", 1).await;
}

#[tokio::test]
async fn children_are_listed_and_know_their_parent() {
    follows("spawn_children", 1).await;
}

#[tokio::test]
async fn the_body_of_a_chord_runs_after_its_header() {
    follows("chord3", 3).await;
}

#[tokio::test]
async fn the_body_of_a_chord_fails_with_a_task_of_its_header() {
    follows("chord_fail", 3).await;
    follows("chord_fail_errback", 2).await;
}

#[tokio::test]
async fn a_body_may_be_a_group() {
    follows("chord_group_body", 2).await;
}

#[tokio::test]
async fn a_header_may_hold_a_chain_that_ends_in_a_group() {
    follows("chord_complex_header", 2).await;
}

#[tokio::test]
async fn a_chain_may_hold_a_chord() {
    follows("chord_in_chain", 1).await;
}

#[tokio::test]
async fn maps_call_their_task_for_each_item() {
    follows("xmap", 1).await;
    follows("xstarmap", 1).await;
}
