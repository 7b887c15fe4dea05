//! Messages a worker cannot run. Where Celery loops, stops or loses the message, it is refused like any other.

use super::*;
use serde_json::json;
use umbel::protocol::envelope::{Arrived, Refusal, decode};
use umbel::protocol::{Body, TaskId};

const UNKNOWN: &str = "Received and deleted unknown message. Wrong destination?!?";

enum Expected {
    /// It runs, with the arguments `1, 2`.
    Runs,
    /// It is refused, with a reason that begins so.
    Refused(&'static str),
    /// Its headers are sound, so that its sender can be told: the body is not.
    BadBody,
}
use Expected::{BadBody, Refused, Runs};

const RECORDED: [(&str, Expected); 25] = [
    ("bad_body_shape", BadBody),
    ("bad_body_two", BadBody),
    ("bad_eta", Refused("Received invalid task message: invalid ETA value 'soon'")),
    ("bad_expires", Refused("Received invalid task message: invalid expires value 'later'")),
    ("bad_json", Refused("Can't decode message body: ")),
    ("body_plain", Runs),
    ("compressed", Runs),
    ("compressed_alias", Runs),
    (
        "compressed_unknown",
        Refused("Can't decode message body: the compression \"application/x-nope\" is not known"),
    ),
    ("embed_missing", Runs),
    ("envelope_without_properties", Refused("Received invalid task message: it is not an envelope")),
    ("kwargs_not_mapping", BadBody),
    ("lang_other", Runs),
    ("minimal_ok", Runs),
    ("no_delivery_tag", Runs),
    ("no_id", Refused("Received invalid task message: its header id is missing")),
    ("no_task", Refused(UNKNOWN)),
    ("not_envelope", Refused("Received invalid task message: it is not an envelope")),
    ("null_headers", Refused(UNKNOWN)),
    (
        "pickle",
        Refused(
            "Received invalid task message: Refusing to deserialize untrusted content of type pickle (application/x-python-serialize)",
        ),
    ),
    (
        "unknown_ct",
        Refused(
            "Received invalid task message: Refusing to deserialize untrusted content of type application/x-foo (application/x-foo)",
        ),
    ),
    ("unknown_task", Runs),
    ("v1", Runs),
    ("v1_full", Runs),
    (
        "yaml",
        Refused(
            "Received invalid task message: Refusing to deserialize untrusted content of type yaml (application/x-yaml)",
        ),
    ),
];

fn item(recording: &Value) -> String {
    match &recording["payload"]["message"] {
        Value::String(raw) => raw.clone(),
        envelope => envelope.to_string(),
    }
}

fn read(recording: &Value) -> Result<Arrived, Refusal> {
    decode(item(recording).as_bytes(), "celery", &Accept::json())
}

#[test]
fn each_has_the_end_it_should() {
    let recordings = recorded("refused");
    assert_all_expected(&recordings, RECORDED.iter().map(|(name, _)| *name));
    for (name, expected) in RECORDED {
        let (read, headers) = (read(&recordings[name]), &recordings[name]["payload"]["message"]["headers"]);
        match (expected, read) {
            (Runs, Ok(Arrived { message, .. })) => {
                let body = Body::decode(&message.body).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(body.args, [json!(1), json!(2)], "{name}");
                let again = decode(&envelope::encode(&message, "tag"), "celery", &Accept::json());
                assert_eq!(again.expect("it was just written").message, message, "{name}");
            }
            (BadBody, Ok(Arrived { message, .. })) => {
                assert_eq!(message.headers.task, "proj.add", "{name}");
                assert!(Body::decode(&message.body).is_err(), "{name}");
            }
            (Refused(reason), Err(refusal)) => {
                assert!(refusal.reason.starts_with(reason), "{name}: {refusal:?}");
                assert_eq!(refusal.task.as_deref(), headers["task"].as_str(), "{name}");
                assert_eq!(refusal.id, headers["id"].as_str().map(TaskId::from), "{name}");
            }
            (_, other) => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn reasons_are_those_celery_logs() {
    let recordings = recorded("refused");
    for name in ["pickle", "unknown_ct", "yaml"] {
        let recording = &recordings[name];
        let logged = recording["payload"]["worker_log"][0].as_str().expect("a line of the log");
        let refusal = read(recording).expect_err(name);
        assert!(logged.ends_with(&refusal.reason), "{name}: {logged} / {}", refusal.reason);
    }
}

#[test]
fn protocol_1_in_full() {
    let message = read(&recorded("refused")["v1_full"]).expect("sound").message;
    assert_eq!((message.headers.task.as_str(), message.headers.id.as_str()), ("proj.add", "v1-2"));
    assert_eq!((message.headers.retries, message.headers.group.as_deref()), (1, Some("grp")));
    assert_eq!(message.headers.timelimit, (None, Some(5.0)));
    assert_eq!(message.headers.eta, umbel::protocol::time::parse("2020-01-01T00:00:00Z"));
    let embed = Body::decode(&message.body).expect("sound").embed;
    assert_eq!(embed.callbacks.expect("recorded")[0]["args"], json!([5]));
    assert_eq!((embed.errbacks, embed.chain, embed.chord), (None, None, None));
}

/// Between the protocols: the task is in the headers, the arguments are in an object.
#[test]
fn a_hybrid_is_read() {
    let raw = json!({
        "body": r#"{"args": [1, 2], "kwargs": {"k": 3}, "chord": null, "task": "proj.old"}"#,
        "content-type": "application/json", "headers": {"task": "proj.add", "id": "h"},
    });
    let message = decode(raw.to_string().as_bytes(), "celery", &Accept::json()).expect("sound").message;
    let body = Body::decode(&message.body).expect("sound");
    assert_eq!(
        (message.headers.task.as_str(), body.args.len(), &body.kwargs["k"]),
        ("proj.add", 2, &json!(3))
    );
}

#[test]
fn headers_only_python_reads_are_read() {
    let raw = r#"{"body": "W1sxLCAyXSwge30sIHt9XQ==", "content-type": "application/json", "properties":
        {"body_encoding": "base64", "priority": null}, "headers": {"task": "a", "task": "proj.add", "id": "n",
        "x-nan": NaN, "x-half": "\ud800", "x-big": 123456789012345678901234567890, "x-deep": {"__type__": "date"}}}"#;
    let message = decode(raw.as_bytes(), "celery", &Accept::json()).expect("Python reads it").message;
    assert_eq!((message.headers.task.as_str(), message.priority), ("proj.add", 0));
    assert_eq!(message.headers.extra["x-nan"], Value::Null);
    assert_eq!(message.headers.extra["x-half"], "\u{fffd}");
}

#[test]
fn names_without_end_are_not_repeated() {
    let raw = json!({"body": "", "content-type": "x", "headers": {"task": "t".repeat(100_000), "id": "i".repeat(100_000)}});
    let refusal = decode(raw.to_string().as_bytes(), "celery", &Accept::json()).expect_err("not accepted");
    assert_eq!((refusal.task, refusal.id), (None, None));
}
