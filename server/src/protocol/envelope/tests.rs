use super::*;
use crate::protocol::{Body, TaskId};
use serde_json::{Value, json};

/// An envelope as Python writes it.
const PLAIN: &str = r#"{"body": "W1sxLCAyXSwge30sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNob3JkIjogbnVsbH1d", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"lang": "py", "task": "proj.add", "id": "00000000-0000-4000-8000-000000000001", "shadow": null, "eta": null, "expires": null, "group": null, "group_index": null, "retries": 0, "timelimit": [null, null], "root_id": "00000000-0000-4000-8000-000000000001", "parent_id": null, "argsrepr": "(1, 2)", "kwargsrepr": "{}", "origin": "gen17925@fixture.example", "ignore_result": false, "replaced_task_nesting": 0, "stamped_headers": null, "stamps": {}}, "properties": {"correlation_id": "00000000-0000-4000-8000-000000000001", "reply_to": "14bdcb4b-6c46-3913-b1a3-aa9ab2968a9d", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "celery"}, "priority": 0, "body_encoding": "base64", "delivery_tag": "48e0b7e0-2bd5-4abe-ac10-8f3e435fcd47"}}"#;

fn read(raw: &str) -> Result<Arrived, Refusal> {
    decode(raw.as_bytes(), "celery", &Accept::json())
}

/// The plain envelope with some part replaced.
fn with(change: impl FnOnce(&mut Value)) -> String {
    let mut envelope: Value = serde_json::from_str(PLAIN).expect("valid JSON");
    change(&mut envelope);
    envelope.to_string()
}

#[test]
fn a_plain_envelope_comes_back_when_written() {
    let arrived = read(PLAIN).expect("sound");
    let message = &arrived.message;
    assert!(!arrived.redelivered);
    assert_eq!((message.headers.task.as_str(), message.queue.as_str()), ("proj.add", "celery"));
    assert_eq!(Body::decode(&message.body).expect("sound").args, [json!(1), json!(2)]);
    let written: Value =
        serde_json::from_slice(&encode(message, "48e0b7e0-2bd5-4abe-ac10-8f3e435fcd47")).expect("JSON");
    let original = with(|envelope| {
        envelope["properties"].as_object_mut().expect("an object").remove("reply_to");
    });
    assert_eq!(written, serde_json::from_str::<Value>(&original).expect("JSON"));
}

#[test]
fn a_restored_message_is_marked_and_otherwise_the_same() {
    let marked = as_redelivered(PLAIN.as_bytes());
    assert!(read(std::str::from_utf8(&marked).expect("text")).expect("sound").redelivered);
    assert_eq!(as_redelivered(&marked), marked);
    let expected = with(|envelope| {
        envelope["headers"]["redelivered"] = json!(true);
        envelope["properties"]["delivery_info"]["redelivered"] = json!(true);
    });
    assert_eq!(
        serde_json::from_slice::<Value>(&marked).expect("JSON"),
        serde_json::from_str::<Value>(&expected).expect("JSON")
    );
    for odd in ["garbage", "[]", r#"{"body":"x","headers":null}"#] {
        assert!(decode(&as_redelivered(odd.as_bytes()), "celery", &Accept::json()).is_err(), "{odd}");
    }
}

#[test]
fn the_flag_is_not_forwarded() {
    let marked = as_redelivered(PLAIN.as_bytes());
    let arrived = decode(&marked, "celery", &Accept::json()).expect("sound");
    assert!(arrived.message.headers.extra.is_empty());
}

#[test]
fn refusals_say_why_and_whom() {
    let cases = [
        (
            with(|e| e["content-type"] = json!("application/x-python-serialize")),
            "Received invalid task message: Refusing to deserialize untrusted content of type pickle (application/x-python-serialize)",
        ),
        (
            with(|e| e["headers"]["eta"] = json!("soon")),
            "Received invalid task message: invalid ETA value 'soon': not a moment in ISO 8601",
        ),
        (
            with(|e| e["headers"]["expires"] = json!(5)),
            "Received invalid task message: invalid expires value 5: not a moment in ISO 8601",
        ),
        (
            with(|e| e["headers"]["compression"] = json!("application/x-nope")),
            "Can't decode message body: the compression \"application/x-nope\" is not known",
        ),
    ];
    for (raw, reason) in cases {
        let refusal = read(&raw).expect_err("not sound");
        assert_eq!(refusal.reason, reason);
        assert_eq!(refusal.task.as_deref(), Some("proj.add"));
        assert_eq!(refusal.id, Some(TaskId::from("00000000-0000-4000-8000-000000000001")));
    }
    for raw in [with(|e| e["headers"] = json!(null)), with(|e| e["headers"] = json!({}))] {
        let refusal = read(&raw).expect_err("not sound");
        assert_eq!(refusal.reason, "Received and deleted unknown message. Wrong destination?!?");
    }
    for raw in ["garbage", "", "[]", r#"{"body": "x"}"#] {
        assert!(
            read(raw).expect_err("not sound").reason.starts_with("Received invalid task message"),
            "{raw}"
        );
    }
}
