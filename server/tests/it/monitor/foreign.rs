//! Events in the shapes that Celery 5.4 to 5.7 sends them, and what a mixed fleet makes of one task.

use super::*;
use serde_json::{Value, json};
use std::path::PathBuf;
use umbel::monitor::{Cluster, Phase, WorkerAnswer};
use umbel::protocol::event::decode;

fn cluster() -> Cluster {
    Cluster::new(1024, 1000, 0)
}

/// Folds one event as it stands in JSON, heard when it was said.
fn hear(cluster: &mut Cluster, event: &Value) {
    hear_at(cluster, event, (event["timestamp"].as_f64().expect("a moment") * 1000.0) as i64);
}

fn hear_at(cluster: &mut Cluster, event: &Value, now: i64) {
    let body = json!([event]).to_string();
    let payload = json!({"body": body, "content-type": "application/json", "headers": {}}).to_string();
    let decoded = decode(payload.as_bytes()).expect("an envelope");
    assert_eq!((decoded.events.len(), decoded.malformed), (1, 0), "{event}");
    cluster.apply(&decoded.events[0], now);
}

fn python(kind: &str, id: &str, seconds: f64, more: Value) -> Value {
    let mut event = json!({
        "hostname": "celery@there", "utcoffset": -2, "pid": 17, "clock": (seconds * 10.0) as u64,
        "uuid": id, "timestamp": START + seconds, "type": kind,
    });
    let fields = event.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    event
}

/// Every recorded message is understood as a whole.
#[test]
fn recorded_messages_fold_without_a_remainder() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/celery/events");
    let mut cluster = cluster();
    let mut folded = 0;
    for entry in std::fs::read_dir(folder).expect("it is there") {
        let text = std::fs::read_to_string(entry.expect("readable").path()).expect("readable");
        let recording: Value = serde_json::from_str(&text).expect("JSON");
        let Some(messages) = recording["payload"].as_array() else { continue };
        for raw in messages.iter().filter_map(|message| message["raw"].as_str()) {
            let decoded = decode(raw.as_bytes()).expect("Celery sent it");
            assert_eq!(decoded.malformed, 0, "{raw}");
            for event in &decoded.events {
                cluster.apply(event, (event.timestamp * 1000.0) as i64);
                folded += 1;
            }
        }
    }
    assert!(folded >= 13, "one of each kind at least: {folded}");
    let custom = cluster.task("58e4d1fb-e88f-4b22-b75d-dacda0ae1493").expect("it told of its progress");
    assert_eq!(custom.standing(), Phase::Progress);
    assert_eq!(custom.meta.as_deref(), Some(r#"{"percent":50}"#));
    assert!(cluster.task("u-1").is_none(), "a client's own event is no task");
    assert!(cluster.worker("gen17252@fixture.example").is_none(), "nor is the client a worker");
}

#[test]
fn a_hard_time_limit_fails_once_although_it_is_told_twice() {
    let mut cluster = cluster();
    let exception = json!({"exception": "TimeLimitExceeded(1)", "traceback": null});
    hear(&mut cluster, &python("task-started", "t", 1.0, json!({})));
    hear(&mut cluster, &python("task-failed", "t", 2.0, exception.clone()));
    hear(&mut cluster, &python("task-failed", "t", 2.01, exception.clone()));
    let task = cluster.task("t").expect("spoken of");
    assert_eq!((task.state.as_str(), task.events), ("FAILURE", 2));
    // Sent once more with the same id, it fails anew.
    hear(&mut cluster, &python("task-started", "t", 5.0, json!({})));
    hear(&mut cluster, &python("task-failed", "t", 6.0, exception));
    assert_eq!(cluster.task("t").expect("spoken of").events, 4);
}

#[test]
fn a_retry_of_pythons_is_no_child_of_itself() {
    let mut cluster = cluster();
    let info = |retries: u32, parent: Option<&str>| {
        json!({
            "name": "proj.retry_me", "args": "()", "kwargs": "{}", "root_id": "t", "parent_id": parent,
            "retries": retries, "eta": null, "expires": null,
        })
    };
    hear(&mut cluster, &python("task-received", "t", 1.0, info(0, None)));
    hear(&mut cluster, &python("task-started", "t", 1.1, json!({})));
    hear(&mut cluster, &python("task-retried", "t", 1.2, json!({"exception": "None", "traceback": null})));
    hear(&mut cluster, &python("task-received", "t", 2.0, info(1, Some("t"))));
    hear(&mut cluster, &python("task-started", "t", 2.1, json!({})));
    let running = cluster.task("t").expect("spoken of");
    assert_eq!((running.state.as_str(), running.retries, &running.parent_id), ("STARTED", 1, &None));
    hear(&mut cluster, &python("task-succeeded", "t", 2.2, json!({"result": "3", "runtime": null})));
    let done = cluster.task("t").expect("spoken of");
    assert_eq!((done.state.as_str(), done.exception.as_deref()), ("SUCCESS", None));
    assert!((done.runtime.expect("from its start to its end") - 0.1).abs() < 1e-3);
}

#[test]
fn ends_come_in_all_spellings() {
    let table = [
        ("task-rejected", json!({"requeue": false}), "REJECTED"),
        ("task-rejected", json!({"requeue": true}), "PENDING"),
        ("task-rejected", json!({}), "REJECTED"),
        ("task-cancelled", json!({}), "PENDING"),
        ("task-revoked", json!({"terminated": true, "signum": 15, "expired": false}), "REVOKED"),
        ("task-revoked", json!({"terminated": true, "signum": "SIGKILL", "expired": false}), "REVOKED"),
        ("task-revoked", json!({"terminated": false, "signum": null, "expired": true}), "REVOKED"),
        ("task-revoked", json!({"terminated": null, "signum": ""}), "REVOKED"),
        ("task-progressed", json!({"percent": 50}), "PROGRESSED"),
    ];
    for (kind, more, state) in table {
        let mut cluster = cluster();
        hear(&mut cluster, &python("task-received", "t", 1.0, json!({"name": "proj.add"})));
        hear(&mut cluster, &python("task-started", "t", 1.1, json!({})));
        hear(&mut cluster, &python(kind, "t", 1.2, more.clone()));
        assert_eq!(cluster.task("t").expect("spoken of").state.as_str(), state, "{kind} {more}");
    }
}

/// A killed worker's task runs again elsewhere; the one that ends it is the one it is shown with.
#[test]
fn a_task_goes_from_an_umbel_worker_to_a_python_worker_and_back() {
    let mut cluster = cluster();
    for event in [at(0.0, received("t")), at(0.1, started("t")), at(0.2, progress("t", 50))] {
        cluster.apply(&event, START_MILLIS);
    }
    hear(&mut cluster, &python("task-received", "t", 20.0, json!({"name": "demo.add"})));
    hear(&mut cluster, &python("task-started", "t", 20.1, json!({})));
    let task = cluster.task("t").expect("spoken of");
    assert_eq!((task.state.as_str(), task.worker.as_deref()), ("STARTED", Some("celery@there")));
    // It goes down in a cold stop and says so; ours finishes.
    hear(&mut cluster, &python("task-cancelled", "t", 21.0, json!({})));
    assert_eq!(cluster.task("t").expect("spoken of").state.as_str(), "PENDING");
    for event in [at(22.0, received("t")), at(22.1, started("t")), at(22.6, succeeded("t", 0.5))] {
        cluster.apply(&event, START_MILLIS);
    }
    let task = cluster.task("t").expect("spoken of");
    assert_eq!((task.state.as_str(), task.worker.as_deref()), ("SUCCESS", Some("w@host")));
    assert_eq!(task.runtime, Some(0.5));
}

#[test]
fn a_time_zone_is_no_skew_and_a_clock_that_was_never_set_counts_for_nothing() {
    let mut cluster = cluster();
    let heartbeat = |seconds: f64| {
        python(
            "worker-heartbeat",
            "t",
            seconds,
            json!({
                "freq": 2.0, "active": 0, "processed": 0, "loadavg": [0.1, 0.1, 0.1],
                "sw_ident": "py-celery", "sw_ver": "5.4.0", "sw_sys": "Linux",
            }),
        )
    };
    hear_at(&mut cluster, &heartbeat(0.5), START_MILLIS);
    let worker = cluster.worker("celery@there").expect("heard of");
    assert_eq!((worker.clock_skew, worker.freq), (None, 2.0));
    assert!(!worker.is_umbel());
    hear_at(&mut cluster, &heartbeat(-3600.0), START_MILLIS);
    assert_eq!(cluster.worker("celery@there").expect("heard of").clock_skew, Some(-3600.0));

    let mut event = python("task-received", "t", 0.0, json!({"name": "proj.add"}));
    event["timestamp"] = json!(12.5);
    hear_at(&mut cluster, &event, START_MILLIS);
    assert_eq!(
        cluster.task("t").expect("spoken of").created_at(),
        START_MILLIS,
        "it is not half a century old"
    );
}

#[test]
fn a_stored_result_repeats_nothing_and_is_repeated_by_nothing() {
    let mut cluster = cluster();
    let end = |id| EventKind::TaskSucceeded { uuid: TaskId::from(id), result: "3".to_owned(), runtime: None };
    for id in ["event-first", "result-first"] {
        cluster.apply(&at(0.0, received(id)), START_MILLIS);
        cluster.apply(&at(0.1, started(id)), START_MILLIS);
    }
    cluster.apply(&at(0.6, succeeded("event-first", 0.5)), START_MILLIS);
    cluster.apply(&said_by("", 0.7, end("event-first")), START_MILLIS);
    cluster.apply(&said_by("", 0.7, end("result-first")), START_MILLIS);
    cluster.apply(&at(0.6, succeeded("result-first", 0.5)), START_MILLIS);
    for id in ["event-first", "result-first"] {
        let task = cluster.task(id).expect("spoken of");
        assert_eq!((task.state.as_str(), task.events, task.runtime), ("SUCCESS", 3, Some(0.5)), "{id}");
        assert_eq!(task.worker.as_deref(), Some("w@host"));
    }
    assert!(cluster.worker("").is_none(), "nobody is no worker");
}

#[test]
fn what_a_worker_answered_is_kept_until_it_answers_otherwise() {
    let mut cluster = cluster();
    let name: Arc<str> = "w@host".into();
    let answer = WorkerAnswer {
        slots: Some(4),
        pool: Some("prefork".to_owned()),
        queues: Some(vec!["celery".to_owned()]),
        registered: Some(vec!["proj.add".to_owned()]),
        uptime: Some(60),
    };
    let full = [(Arc::clone(&name), answer)];
    assert_eq!(cluster.learn(&full, START_MILLIS), None, "nobody has heard of it");
    cluster.apply(&at(0.0, heartbeat()), START_MILLIS);
    assert!(cluster.learn(&full, START_MILLIS).is_some());
    assert_eq!(cluster.learn(&full, START_MILLIS), None, "that is no news");
    cluster.apply(&at(1.0, heartbeat()), START_MILLIS + 1000);
    let less = [(name, WorkerAnswer { queues: Some(Vec::new()), ..WorkerAnswer::default() })];
    cluster.learn(&less, START_MILLIS + 1000);
    let worker = cluster.worker("w@host").expect("heard of");
    assert_eq!(
        (worker.slots, worker.pool.as_deref(), worker.registered.len()),
        (Some(4), Some("prefork"), 1)
    );
    assert!(worker.queues.is_empty(), "it was told to take from none any more");
    assert_eq!(worker.started_at, Some(START_MILLIS - 60_000));
}
