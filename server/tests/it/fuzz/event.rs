//! What is published as events.

use super::*;
use std::sync::Arc;
use umbel::protocol::Event;
use umbel::protocol::event::{decode, encode};
use uuid::Uuid;

fn check(payload: &[u8]) {
    let Ok(decoded) = decode(payload) else { return };
    let frames = encode(&decoded.events, Uuid::nil);
    assert_eq!(frames.iter().map(|frame| frame.events).sum::<usize>(), decoded.events.len());
    let again: Vec<_> = frames
        .iter()
        .flat_map(|frame| {
            let again = decode(&frame.payload).expect("it was just written");
            assert_eq!((again.events.len(), again.malformed), (frame.events, 0));
            again.events
        })
        .collect();
    // Times lose what is below a microsecond; everything else must come back.
    let told = |events: &[Event]| -> Vec<_> {
        let one = |event: &Event| {
            let Event { hostname, clock, pid, kind, .. } = event;
            (Arc::clone(hostname), *clock, *pid, kind.type_name(), kind.task_id().cloned())
        };
        events.iter().map(one).collect()
    };
    assert_eq!(told(&again), told(&decoded.events));
}

fn bodies() -> Vec<Vec<u8>> {
    let mut found: Vec<_> = ["events", "mingle", "pidbox"]
        .iter()
        .flat_map(|folder| {
            recorded_texts(folder, |text| text.starts_with("{\"body").then(|| text.as_bytes().to_vec()))
        })
        .filter_map(|raw| {
            let envelope: Value = lenient::from_slice(&raw).ok()?;
            STANDARD.decode(envelope["body"].as_str()?).ok()
        })
        .collect();
    found.extend(
        [
            &br#"{"hostname": "w", "timestamp": 1, "type": "task-sent", "uuid": "i", "eta": "2026-01-01T00:00:00.5", "signum": NaN}"#[..],
            br#"[{"hostname": "w", "timestamp": 1.5, "type": "task-progress", "uuid": "i", "umbel_state": "Half", "umbel_meta": [1]},
                {"hostname": "w", "timestamp": 1e3, "type": "worker-elect", "id": "e", "action": {"a": [null]}},
                {"hostname": "w", "timestamp": 1, "type": "task-received", "uuid": "i", "umbel_body": "[[],{},{}]", "umbel_priority": 3}]"#,
        ]
        .map(<[u8]>::to_vec),
    );
    found
}

#[test]
fn damaged_events() {
    let payloads: Vec<_> = ["events", "mingle"]
        .iter()
        .flat_map(|folder| {
            recorded_texts(folder, |text| text.starts_with("{\"body").then(|| text.as_bytes().to_vec()))
        })
        .collect();
    run("event", &payloads, check);
}

/// What is inside, where base64 would keep it out of harm's way.
#[test]
fn damaged_event_bodies() {
    run("event body", &bodies(), |body| {
        let envelope = serde_json::json!({
            "body": STANDARD.encode(body), "content-type": "application/json", "headers": {},
            "properties": {"body_encoding": "base64"},
        });
        check(envelope.to_string().as_bytes());
    });
}
