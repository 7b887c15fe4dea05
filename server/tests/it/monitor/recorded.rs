//! What real Celery workers said, folded.

use super::*;
use serde_json::Value;
use umbel::monitor::Cluster;

/// Just enough of the events' JSON for the recorded ones.
fn decode(event: &Value) -> Event {
    let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
    let uuid = TaskId::from(text("uuid"));
    let moment = |field: &str| {
        event[field].as_str().and_then(umbel::protocol::time::parse).map(umbel::protocol::time::to_epoch)
    };
    let worker = || WorkerInfo {
        freq: event["freq"].as_f64().unwrap_or_default(),
        active: event["active"].as_u64().unwrap_or_default() as u32,
        processed: event["processed"].as_u64().unwrap_or_default(),
        sw_ident: text("sw_ident"),
        sw_ver: text("sw_ver"),
        sw_sys: text("sw_sys"),
        ..WorkerInfo::default()
    };
    let task = || {
        let mut info = TaskInfo::new(uuid.clone(), text("name"));
        (info.args, info.kwargs) = (text("args"), text("kwargs"));
        info.retries = event["retries"].as_u64().unwrap_or_default() as u32;
        (info.eta, info.expires) = (moment("eta"), moment("expires"));
        info.queue = event["queue"].as_str().map(str::to_owned);
        info.root_id = event["root_id"].as_str().map(TaskId::from);
        Box::new(info)
    };
    let kind = match event["type"].as_str().expect("events have a type") {
        "task-sent" => EventKind::TaskSent(task()),
        "task-received" => EventKind::TaskReceived(task()),
        "task-started" => EventKind::TaskStarted { uuid },
        "task-succeeded" => {
            EventKind::TaskSucceeded { uuid, result: text("result"), runtime: event["runtime"].as_f64() }
        }
        "task-failed" => EventKind::TaskFailed {
            uuid,
            exception: text("exception"),
            traceback: event["traceback"].as_str().map(str::to_owned),
        },
        "task-retried" => {
            EventKind::TaskRetried { uuid, exception: text("exception"), traceback: None, eta: None }
        }
        "task-rejected" => EventKind::TaskRejected { uuid, requeue: event["requeue"] == true },
        "task-revoked" => EventKind::TaskRevoked {
            uuid,
            terminated: event["terminated"] == true,
            signum: event["signum"].as_i64().map(|number| number.to_string()),
            expired: event["expired"] == true,
        },
        "task-progressed" => {
            EventKind::TaskCustom { uuid, state: State::parse("PROGRESSED"), meta: Value::Null }
        }
        "worker-online" => EventKind::WorkerOnline(worker()),
        "worker-heartbeat" => EventKind::WorkerHeartbeat(worker()),
        "worker-offline" => EventKind::WorkerOffline(worker()),
        other => panic!("an event of type {other} is new"),
    };
    Event {
        hostname: Arc::from(text("hostname")),
        timestamp: event["timestamp"].as_f64().expect("events have a time"),
        clock: event["clock"].as_u64().unwrap_or_default(),
        pid: event["pid"].as_u64().unwrap_or_default() as u32,
        utcoffset: 0.0,
        kind,
    }
}

#[test]
fn recorded_lives_end_as_they_ended() {
    let recorded: Vec<Value> =
        serde_json::from_str(include_str!("../../fixtures/events/recorded.json")).expect("valid JSON");
    let mut cluster = Cluster::new(1024, 1000, 0);
    for event in recorded.iter().map(decode) {
        cluster.apply(&event, (event.timestamp * 1000.0) as i64);
    }
    let ends = [
        ("3a9c50f0-e336-4b1e-a515-d00f045ac8eb", "SUCCESS"),
        ("09c7ecbd-a947-4334-844b-615418b46ad3", "SUCCESS"),
        ("4da2f509-d331-41b1-8a16-0dac0aa50aec", "FAILURE"),
        ("1cae7573-592e-42c9-a86d-c3605818705e", "FAILURE"),
        ("a3d9b30b-0e35-4f4b-8f6c-788c4642f20c", "SUCCESS"),
        ("58e4d1fb-e88f-4b22-b75d-dacda0ae1493", "SUCCESS"),
        ("784d4dcb-5582-49d8-9d18-d6d7d339ae36", "REVOKED"),
        ("d8461e10-2686-4969-8e5c-6d76c040e746", "REVOKED"),
        ("59ecf3c2-d30a-4314-90e0-bbb53185c3cb", "REVOKED"),
        ("4ecfd46e-1f99-4665-b9b1-98beff6e2a0d", "FAILURE"),
    ];
    for (id, state) in ends {
        assert_eq!(cluster.task(id).expect("spoken of").state.as_str(), state, "{id}");
    }
    let retried = cluster.task("1cae7573-592e-42c9-a86d-c3605818705e").expect("spoken of");
    assert_eq!(retried.retries, 1);
    let first = cluster.task("3a9c50f0-e336-4b1e-a515-d00f045ac8eb").expect("spoken of");
    assert_eq!(first.name.as_deref(), Some("proj.add"));
    assert_eq!(first.queue.as_deref(), Some("celery"));
    assert_eq!(first.worker.as_deref(), Some("w1@fixture.example"));
    assert!(first.runtime.is_some());
    let worker = cluster.worker("w1@fixture.example").expect("it said hello");
    assert!(!worker.online, "it said goodbye");
    assert_eq!(worker.software.as_deref(), Some("py-celery 5.7.0"));
}
