//! The messages are those of `celery beat`, so that Python's workers run them.

use super::stage::{Kind, Stage};
use serde_json::{Value, json};

const RECORDED: &str = include_str!("../../fixtures/celery/beat/messages.json");

/// What differs from one sending to the next, and what only we add.
const OWN: [&str; 5] = ["id", "root_id", "origin", "umbel_schedule", "umbel_due"];

fn recorded(task: &str) -> Value {
    let recording: Value = serde_json::from_str(RECORDED).expect("JSON");
    let payload = recording["payload"].as_array().expect("messages");
    payload.iter().find(|message| message["headers"]["task"] == task).expect("it was recorded").clone()
}

/// The headers of a message without what differs, and with nothing that is null.
fn comparable(headers: &Value) -> Value {
    let mut headers = headers.as_object().expect("headers").clone();
    headers.retain(|name, value| !OWN.contains(&name.as_str()) && !value.is_null());
    // A moment: it is there or it is not.
    headers.entry("expires").and_modify(|expires| *expires = json!(expires.is_string()));
    // Celery's beat shows a list as a list; everywhere else arguments look like a call's.
    let args = headers["argsrepr"].as_str().expect("text").trim_matches(['(', ')', '[', ']', ',']);
    let args = json!(args);
    headers.insert("argsrepr".to_owned(), args);
    // Celery writes this one when it knows the task, and false is what it means otherwise.
    headers.remove("ignore_result");
    Value::Object(headers)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_message_is_celerys_own() {
    let stage = Stage::new(Kind::Redis).await;
    let add = json!({"task": "proj.add", "schedule": 1, "args": [1, 2]});
    let echo = json!({
        "task": "proj.echo", "schedule": 1, "args": ["a"], "kwargs": {"k": 1},
        "options": {"queue": "other", "priority": 3, "expires": 15, "headers": {"x-own": "y"}},
    });
    let process = stage.start("a", &[("add", add), ("with-options", echo)]).await;
    stage.pass(1).await;
    for (task, queue) in [("proj.add", "celery"), ("proj.echo", "other")] {
        let recorded = recorded(task);
        let messages = stage.messages_in(queue).await;
        let message = &messages[0];
        let headers = serde_json::to_value(&message.headers).expect("JSON");
        assert_eq!(comparable(&headers), comparable(&recorded["headers"]), "{task}");
        assert_eq!(message.headers.root_id.as_ref(), Some(&message.headers.id));
        let body: Value = serde_json::from_slice(&message.body).expect("JSON");
        let theirs: Value = serde_json::from_str(recorded["body"].as_str().expect("text")).expect("JSON");
        assert_eq!(body, theirs, "{task}");
        assert_eq!(json!(message.priority), recorded["properties"]["priority"]);
    }
    process.stop().await;
}
