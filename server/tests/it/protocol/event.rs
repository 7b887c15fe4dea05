//! Events, as recorded of Celery 5.7 and as they must survive whatever else comes.

use super::{recordings, same, with_field};
use base64::Engine as _;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use umbel::protocol::event::{Decoded, decode, encode};
use umbel::protocol::{Event, EventKind, State, TaskId, TaskInfo, WorkerInfo};
use uuid::Uuid;

/// A payload around a body, as kombu makes it.
fn payload(body: &str) -> Vec<u8> {
    let body = base64::engine::general_purpose::STANDARD.encode(body);
    json!({
        "body": body, "content-encoding": "utf-8", "content-type": "application/json",
        "headers": {"hostname": "w"}, "properties": {"body_encoding": "base64", "delivery_tag": "t"},
    })
    .to_string()
    .into_bytes()
}

fn read(body: &str) -> Decoded {
    decode(&payload(body)).expect("an envelope")
}

/// The channel's end and the JSON inside of each message we would publish.
fn written(events: &[Event]) -> Vec<(String, Value)> {
    let frames = encode(events, Uuid::new_v4);
    assert_eq!(frames.iter().map(|frame| frame.events).sum::<usize>(), events.len());
    let opened = frames.into_iter().map(|frame| {
        let envelope: Value = serde_json::from_slice(&frame.payload).expect("an envelope is JSON");
        assert_eq!(envelope["properties"]["delivery_info"]["routing_key"], *frame.routing_key);
        (frame.routing_key.into_owned(), body_of(&envelope))
    });
    opened.collect()
}

fn body_of(envelope: &Value) -> Value {
    let body = envelope["body"].as_str().expect("a body");
    let bytes = base64::engine::general_purpose::STANDARD.decode(body).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn event(kind: EventKind) -> Event {
    Event { hostname: Arc::from("w@h"), timestamp: 12.5, clock: 3, pid: 7, utcoffset: 0.0, kind }
}

fn started(id: &str) -> Event {
    event(EventKind::TaskStarted { uuid: TaskId::from(id) })
}

#[test]
fn every_recorded_payload_is_read_and_written_as_it_was() {
    let mut seen = 0;
    for (name, recording) in recordings("events") {
        let (mut payloads, mut lone) = (Vec::new(), Vec::new());
        with_field(&recording, "envelope", &mut payloads);
        with_field(&recording, "event", &mut lone);
        let mut raws: Vec<_> = payloads
            .into_iter()
            .map(|recorded| {
                let envelope = &recorded["envelope"];
                (
                    recorded["raw"].as_str().map_or_else(|| envelope.to_string(), str::to_owned),
                    body_of(envelope),
                )
            })
            .collect();
        raws.extend(lone.into_iter().map(|recorded| {
            let event = recorded["event"].clone();
            (String::from_utf8(payload(&event.to_string())).expect("text"), event)
        }));
        for (raw, body) in raws {
            let decoded = decode(raw.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(decoded.malformed, 0, "{name}");
            let mut original = body.as_array().cloned().unwrap_or_else(|| vec![body]);
            let ours = written(&decoded.events).into_iter().flat_map(|(_, body)| match body {
                Value::Array(events) => events,
                event => vec![event],
            });
            let ours: Vec<Value> = ours.collect();
            for event in &mut original {
                // Of a task it does not know Celery tells no traceback; we tell that there is none.
                if event["type"] == "task-failed" {
                    event.as_object_mut().expect("an object").entry("traceback").or_insert(Value::Null);
                }
                // Told again, a state that a task gave itself takes a form of ours.
                if event["type"] == "task-progressed" {
                    let told = event.as_object_mut().expect("an object");
                    let percent = told.remove("percent");
                    told.insert("umbel_state".to_owned(), json!("PROGRESSED"));
                    told.insert("umbel_meta".to_owned(), json!({ "percent": percent }));
                    told.insert("type".to_owned(), json!("umbel-told"));
                }
            }
            assert!(same(&json!(ours), &json!(original)), "{name}: {ours:#?} is not {original:#?}");
            seen += original.len();
        }
    }
    assert!(seen >= 40, "only {seen} events are recorded");
}

#[test]
fn envelopes_are_celerys() {
    let (_, recording) =
        recordings("events").into_iter().find(|(name, _)| name == "task_multi_batch").expect("there");
    let mut original = recording["payload"]["envelope"].clone();
    let decoded = decode(original.to_string().as_bytes()).expect("read");
    let frames = encode(&decoded.events, Uuid::nil);
    let mut ours: Value = serde_json::from_slice(&frames[0].payload).expect("JSON");
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&ours), keys(&original));
    original["properties"]["delivery_tag"] = json!(Uuid::nil().to_string());
    (ours["body"], original["body"]) = (Value::Null, Value::Null);
    assert_eq!(ours, original);
}

#[test]
fn fields_are_read_into_their_places() {
    let common = r#""hostname":"w@h","utcoffset":-2,"pid":7,"clock":3,"timestamp":12.5"#;
    let one = |fields: &str, kind: &str| {
        let decoded = read(&format!(r#"{{{common},{fields}"type":"{kind}"}}"#));
        assert_eq!((decoded.events.len(), decoded.malformed), (1, 0), "{kind}");
        let event = decoded.events[0].clone();
        assert_eq!((&*event.hostname, event.utcoffset, event.pid, event.clock), ("w@h", -2.0, 7, 3));
        event.kind
    };
    let uuid = TaskId::from("i");
    let mut info = TaskInfo::new(uuid.clone(), "a.b");
    (info.args, info.kwargs, info.retries) = ("(1,)".to_owned(), "{'k': 2}".to_owned(), 4);
    (info.root_id, info.parent_id) = (Some(TaskId::from("r")), Some(TaskId::from("p")));
    (info.eta, info.expires) = (Some(1_795_158_796.5), Some(60.0));
    (info.queue, info.exchange, info.routing_key) =
        (Some("q".to_owned()), Some("x".to_owned()), Some("k".to_owned()));
    let fields = r#""uuid":"i","name":"a.b","args":"(1,)","kwargs":"{'k': 2}","root_id":"r","parent_id":"p","retries":4,
        "eta":"2026-11-20T07:13:16.500000+00:00","expires":"1970-01-01T00:01:00","queue":"q","exchange":"x","routing_key":"k","#;
    assert_eq!(one(fields, "task-received"), EventKind::TaskReceived(Box::new(info.clone())));
    assert_eq!(one(fields, "task-sent"), EventKind::TaskSent(Box::new(info)));
    assert_eq!(one(r#""uuid":"i","#, "task-started"), EventKind::TaskStarted { uuid: uuid.clone() });
    assert_eq!(one(r#""uuid":"i","#, "task-cancelled"), EventKind::TaskCancelled { uuid: uuid.clone() });
    assert_eq!(
        one(r#""uuid":"i","result":"'é'","runtime":null,"#, "task-succeeded"),
        EventKind::TaskSucceeded { uuid: uuid.clone(), result: "'é'".to_owned(), runtime: None }
    );
    assert_eq!(
        one(r#""uuid":"i","exception":"E","traceback":"T\n","#, "task-failed"),
        EventKind::TaskFailed {
            uuid: uuid.clone(),
            exception: "E".to_owned(),
            traceback: Some("T\n".to_owned())
        }
    );
    assert_eq!(
        one(r#""uuid":"i","requeue":true,"#, "task-rejected"),
        EventKind::TaskRejected { uuid: uuid.clone(), requeue: true }
    );
    for (told, signum) in [("15", Some("15")), (r#""SIGKILL""#, Some("SIGKILL")), ("null", None)] {
        let fields = format!(r#""uuid":"i","terminated":true,"signum":{told},"expired":false,"#);
        let (signum, uuid) = (signum.map(str::to_owned), uuid.clone());
        let revoked = EventKind::TaskRevoked { uuid, terminated: true, signum, expired: false };
        assert_eq!(one(&fields, "task-revoked"), revoked);
    }
    assert_eq!(
        one(r#""uuid":"i","percent":50,"#, "task-progressed"),
        EventKind::TaskCustom { uuid, state: State::parse("PROGRESSED"), meta: json!({"percent": 50}) }
    );
    let fields = Map::from_iter([("value".to_owned(), json!(42))]);
    assert_eq!(
        one(r#""value":42,"#, "custom-thing"),
        EventKind::Other { kind: "custom-thing".to_owned(), fields }
    );
    let on_demand = r#""freq":5,"sw_ident":"py-celery","sw_ver":"5.7.0","sw_sys":"Linux","#;
    let info = WorkerInfo {
        freq: 5.0,
        sw_ident: "py-celery".to_owned(),
        sw_ver: "5.7.0".to_owned(),
        sw_sys: "Linux".to_owned(),
        ..WorkerInfo::default()
    };
    assert_eq!(one(on_demand, "worker-heartbeat"), EventKind::WorkerHeartbeat(info.clone()));
    let full = format!(r#"{on_demand}"active":1,"processed":2,"loadavg":[1,2.5,3],"#);
    let info = WorkerInfo { active: Some(1), processed: Some(2), loadavg: Some([1.0, 2.5, 3.0]), ..info };
    assert_eq!(one(&full, "worker-offline"), EventKind::WorkerOffline(info));
}

#[test]
fn what_is_malformed_costs_its_neighbours_nothing() {
    let good = r#"{"hostname":"w","timestamp":1,"uuid":"1","type":"task-started"}"#;
    for bad in [
        "{}",
        "7",
        "null",
        "[]",
        r#"{"hostname":"w","timestamp":1,"type":"task-started"}"#,
        r#"{"hostname":"w","uuid":"1","type":"task-started"}"#,
        r#"{"hostname":"w","timestamp":"now","uuid":"1","type":"task-started"}"#,
        r#"{"hostname":"w","timestamp":1,"uuid":"1"}"#,
        r#"{"hostname":"w","timestamp":1,"uuid":"1","retries":"many","type":"task-sent"}"#,
        r#"{"hostname":"w","timestamp":1e999,"uuid":"1","type":"task-started"}"#,
    ] {
        let decoded = read(&format!("[{good},{bad},{good}]"));
        assert_eq!((decoded.events.len(), decoded.malformed), (2, 1), "{bad}");
    }
}

#[test]
fn pythons_own_words_are_read() {
    let decoded = read(
        r#"[{"hostname":"w","timestamp":1,"uuid":"1","runtime":NaN,"result":"NaN \ud800","type":"task-succeeded"},
            {"hostname":"w","timestamp":1,"uuid":"2","loss":-Infinity,"type":"task-progressed"}]"#,
    );
    assert_eq!(decoded.malformed, 0);
    let [done, told] = decoded.events.as_slice() else { panic!("two were told") };
    let uuid = TaskId::from("1");
    assert_eq!(
        done.kind,
        EventKind::TaskSucceeded { uuid, result: "NaN \u{fffd}".to_owned(), runtime: None }
    );
    assert!(matches!(&told.kind, EventKind::TaskCustom { meta, .. } if *meta == json!({"loss": null})));
}

#[test]
fn payloads_that_are_none_are_refused_with_a_reason() {
    let deep = "[".repeat(100_000);
    for (what, reason) in [
        (b"".to_vec(), "not an envelope"),
        (b"nonsense".to_vec(), "not an envelope"),
        (br#"{"body":"A","headers":{},"content-type":"application/json","properties":{"body_encoding":"base64"}}"#.to_vec(), "base64"),
        (br#"{"body":"","headers":{},"content-type":"application/x-python-serialize"}"#.to_vec(), "x-python-serialize"),
        (payload("nonsense"), "list of events"),
        (payload("[1,"), "list of events"),
        (payload(&deep), "list of events"),
        (vec![b' '; 17 * 1024 * 1024], "bytes"),
    ] {
        let error = decode(&what).expect_err("refused");
        assert!(error.contains(reason), "{error:?} does not speak of {reason:?}");
    }
}

#[test]
fn workers_tell_of_tasks_in_lists_and_of_themselves_alone() {
    let online = event(EventKind::WorkerOnline(WorkerInfo::default()));
    let sent = event(EventKind::TaskSent(Box::new(TaskInfo::new(TaskId::from("s"), "a"))));
    let shapes = |events: &[Event]| {
        let shape = |(channel, body): (String, Value)| (channel, body.as_array().map(Vec::len));
        written(events).into_iter().map(shape).collect::<Vec<_>>()
    };
    let shape = |channel: &str, length| (channel.to_owned(), length);
    assert_eq!(shapes(&[]), []);
    assert_eq!(shapes(&[started("1")]), [shape("task.multi", Some(1))]);
    assert_eq!(shapes(std::slice::from_ref(&sent)), [shape("task.sent", None)]);
    assert_eq!(shapes(&[sent.clone(), sent]), [shape("task.multi", Some(2))]);
    assert_eq!(
        shapes(&[started("1"), started("2"), online, started("3")]),
        [shape("task.multi", Some(2)), shape("worker.online", None), shape("task.multi", Some(1))]
    );
    let other = Event { hostname: Arc::from("other@h"), ..started("1") };
    assert_eq!(shapes(&[started("1"), other]), [shape("task.multi", Some(1)), shape("task.multi", Some(1))]);
}

#[test]
fn long_lists_are_parted_and_long_bodies_stay_at_home() {
    let told = |size: usize| {
        let mut info = TaskInfo::new(TaskId::from("i"), "a");
        (info.body, info.body_size) = (Some("\"".repeat(size).into()), Some(size as u64));
        event(EventKind::TaskReceived(Box::new(info)))
    };
    let events = vec![told(20_000); 40];
    let frames = encode(&events, Uuid::new_v4);
    assert!(frames.iter().all(|frame| frame.payload.len() <= 256 * 1024));
    assert!(frames.len() <= 12, "{} messages are too many", frames.len());
    let back = frames.iter().flat_map(|frame| decode(&frame.payload).expect("ours").events);
    assert!(back.eq(events));
    let (_, long) = written(&[told(65_537)]).remove(0);
    assert_eq!((&long[0]["umbel_body"], &long[0]["umbel_body_size"]), (&Value::Null, &json!(65_537)));
}

#[test]
fn what_is_ours_travels_under_names_of_ours() {
    let mut info = TaskInfo::new(TaskId::from("i"), "a");
    (info.priority, info.body, info.body_size) = (Some(3), Some("[[],{},{}]".into()), Some(10));
    info.retry_of = Some(TaskId::from("o"));
    let worker = WorkerInfo {
        slots: Some(4),
        queues: vec!["q".to_owned()],
        pool: Some("tasks".to_owned()),
        registered: vec!["a".to_owned()],
        ..WorkerInfo::default()
    };
    let retried = EventKind::TaskRetried {
        uuid: TaskId::from("i"),
        exception: String::new(),
        traceback: None,
        eta: Some(9.5),
    };
    let kinds = [EventKind::TaskReceived(Box::new(info)), EventKind::WorkerOnline(worker), retried];
    for (kind, count) in kinds.into_iter().zip([4, 4, 1]) {
        let (_, body) = written(&[event(kind.clone())]).remove(0);
        let body = if body.is_array() { body[0].clone() } else { body };
        let ours =
            body.as_object().expect("an object").keys().filter(|key| key.starts_with("umbel_")).count();
        assert_eq!(ours, count, "{body}");
        assert_eq!(read(&body.to_string()).events, [event(kind)]);
    }
}

#[test]
fn custom_states_come_back_whatever_they_are() {
    let metas = [
        json!({"done": 1}),
        json!({"type": "csv", "uuid": 1}),
        json!(null),
        json!([1]),
        json!("text"),
        json!({}),
    ];
    for state in ["PROGRESS", "SENT", "Loading", "", "CUSTOM", "STARTED", "ÜBER", "ẞ", "MULTI", "IN-PROGRESS"]
    {
        for meta in &metas {
            let state = State::Custom(Arc::from(state));
            let kind = EventKind::TaskCustom { uuid: TaskId::from("i"), state, meta: meta.clone() };
            let (_, body) = written(&[event(kind.clone())]).remove(0);
            assert_eq!(read(&body.to_string()).events, [event(kind)], "{body}");
            let told = body.get(0).unwrap_or(&body);
            assert_eq!(
                told["type"], "umbel-told",
                "a state that Celery's monitors do not take for one of theirs"
            );
        }
    }
}

#[test]
fn numbers_that_json_has_no_word_for_are_not_written() {
    let info = WorkerInfo { freq: f64::NAN, loadavg: Some([f64::INFINITY; 3]), ..WorkerInfo::default() };
    let mut strange = event(EventKind::WorkerHeartbeat(info));
    (strange.timestamp, strange.utcoffset) = (f64::NAN, f64::NEG_INFINITY);
    let decoded = decode(&encode(&[strange], Uuid::new_v4)[0].payload).expect("JSON");
    assert_eq!((decoded.events.len(), decoded.malformed), (1, 0));
}

proptest! {
    #[test]
    fn no_bytes_bring_it_down(bytes in prop::collection::vec(any::<u8>(), 0..200), text in ".{0,200}") {
        let _ = decode(&bytes);
        let _ = decode(&payload(&text));
    }

    #[test]
    fn texts_come_back(name in ".*", result in ".*", seconds in any::<i32>()) {
        let mut info = TaskInfo::new(TaskId::from(name.as_str()), name);
        info.args = result;
        let mut original = event(EventKind::TaskReceived(Box::new(info)));
        original.timestamp = f64::from(seconds) / 4.0;
        let frames = encode(std::slice::from_ref(&original), Uuid::new_v4);
        prop_assert_eq!(decode(&frames[0].payload).expect("ours").events, [original]);
    }
}
