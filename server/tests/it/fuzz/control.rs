//! What is published as requests to workers, and what they answer.

use super::*;
use umbel::protocol::control::{ReplyTo, decode_reply, decode_request, encode_reply, encode_request};
use uuid::Uuid;

const NODE: &str = "w1@fixture.example";

fn check(payload: &[u8]) {
    if let Ok(heard) = decode_request(payload) {
        let _ = heard.request.is_for(NODE);
        let written = encode_request(&heard.request, heard.clock, Uuid::nil());
        let again = decode_request(&written).expect("it was just written");
        assert_eq!(again.request.method, heard.request.method);
        assert_eq!(again.request.destination, heard.request.destination);
        assert_eq!(again.request.reply_to, heard.request.reply_to);
        assert_eq!(again.clock, heard.clock);
    }
    let to = ReplyTo { exchange: "e".to_owned(), routing_key: "k".to_owned() };
    for reply in decode_reply(payload).unwrap_or_default() {
        let written = encode_reply(&reply, &to, 1, Uuid::nil());
        assert_eq!(decode_reply(&written).expect("it was just written"), [reply]);
    }
}

fn payloads() -> Vec<Vec<u8>> {
    let pick = |text: &str| text.starts_with("{\"body").then(|| text.as_bytes().to_vec());
    recorded_texts("pidbox", pick)
}

#[test]
fn damaged_requests() {
    run("control request", &payloads(), check);
}

/// What is inside, where base64 would keep it out of harm's way.
#[test]
fn damaged_request_bodies() {
    let mut bodies: Vec<_> =
        recorded_texts("pidbox", |text| text.starts_with("{\"method").then(|| text.as_bytes().to_vec()));
    bodies.extend(
        [
            &br#"{"method": "ping", "pattern": "w[!0-9]*?", "matcher": "glob", "reply_to": {"exchange": "e", "routing_key": "k"}}"#[..],
            br#"{"method": "ping", "pattern": "^w(1|2)+[a-z]{2,3}$", "matcher": "pcre", "arguments": null, "destination": []}"#,
            br#"{"w1@h": {"ok": NaN}, "w2@h": [1e999, "\ud800"]}"#,
        ]
        .map(<[u8]>::to_vec),
    );
    run("control body", &bodies, |body| {
        let envelope = serde_json::json!({
            "body": STANDARD.encode(body), "content-type": "application/json",
            "headers": {"clock": 7, "ticket": "t"}, "properties": {"body_encoding": "base64"},
        });
        check(envelope.to_string().as_bytes());
    });
}
