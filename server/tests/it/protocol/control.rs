//! Requests and replies of remote control, as recorded of Celery 5.7.

use super::{recordings, same, with_field};
use base64::Engine as _;
use proptest::prelude::*;
use serde_json::{Value, json};
use umbel::protocol::control::{
    Reply, ReplyTo, Request, decode_reply, decode_request, encode_reply, encode_request,
};
use uuid::Uuid;

/// A payload as kombu makes it.
fn payload(headers: &Value, properties: &Value, body: &Value) -> Vec<u8> {
    let body = base64::engine::general_purpose::STANDARD.encode(body.to_string());
    let envelope = json!({
        "body": body, "content-encoding": "utf-8", "content-type": "application/json",
        "headers": headers, "properties": properties,
    });
    envelope.to_string().into_bytes()
}

/// Headers, properties and body of a payload.
fn opened(payload: &[u8]) -> (Value, Value, Value) {
    let mut envelope: Value = serde_json::from_slice(payload).expect("an envelope is JSON");
    assert_eq!(
        (&envelope["content-encoding"], &envelope["content-type"]),
        (&json!("utf-8"), &json!("application/json"))
    );
    let body = envelope["body"].as_str().expect("a body");
    let body = base64::engine::general_purpose::STANDARD.decode(body).expect("base64");
    let body = serde_json::from_slice(&body).expect("JSON");
    (envelope["headers"].take(), envelope["properties"].take(), body)
}

/// The recorded exchanges: requests with their replies.
fn exchanges() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for (name, recording) in recordings("pidbox").into_iter().chain(recordings("mingle")) {
        let mut found = Vec::new();
        with_field(&recording, "request_headers", &mut found);
        all.extend(found.into_iter().map(|exchange| (name.clone(), exchange.clone())));
    }
    assert!(all.len() >= 60, "only {} exchanges are recorded", all.len());
    all
}

fn properties(of: &Value, exchange: &str, routing_key: &str, delivery_mode: u8) -> Value {
    let tag = of.get("delivery_tag").cloned().unwrap_or_else(|| json!(Uuid::nil().to_string()));
    json!({
        "delivery_mode": delivery_mode,
        "delivery_info": {"exchange": exchange, "routing_key": routing_key},
        "priority": 0, "body_encoding": "base64", "delivery_tag": tag,
    })
}

fn tag(properties: &Value) -> Uuid {
    let tag = properties["delivery_tag"].as_str().expect("a tag");
    Uuid::parse_str(tag).expect("kombu's tags are UUIDs")
}

#[test]
fn every_recorded_request_is_read_and_written_as_it_was() {
    for (name, exchange) in exchanges() {
        let told = exchange.get("request_properties").cloned();
        let told = told.unwrap_or_else(|| properties(&Value::Null, "celery.pidbox", "", 2));
        let headers = &exchange["request_headers"];
        let raw = match exchange["request_raw"].as_str() {
            Some(raw) => raw.as_bytes().to_vec(),
            None => payload(headers, &told, &exchange["request"]),
        };
        let heard = decode_request(&raw).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(heard.clock, headers["clock"].as_u64().expect("a clock"), "{name}");
        let request = &heard.request;
        let recorded = &exchange["request"];
        assert_eq!(recorded["method"], *request.method, "{name}");
        assert_eq!(recorded["arguments"], request.arguments, "{name}");
        assert_eq!(recorded["ticket"], json!(request.ticket), "{name}");
        assert_eq!(recorded["destination"], json!(request.destination), "{name}");

        let ours = opened(&encode_request(request, heard.clock, tag(&told)));
        let keys = ours.2.as_object().expect("an object").keys();
        assert!(keys.eq(recorded.as_object().expect("an object").keys()), "{name}");
        assert_eq!(ours.1, told, "{name}");
        assert_eq!(&ours.2, recorded, "{name}");
        // Ours never expires: nobody checks.
        assert!(same(&ours.0, &json!({"clock": headers["clock"], "expires": 0})), "{name}: {}", ours.0);
    }
}

#[test]
fn every_recorded_reply_is_read_and_written_as_it_was() {
    let mut seen = 0;
    for (name, exchange) in exchanges() {
        for recorded in exchange["replies"].as_array().expect("a list") {
            let (headers, body) = (&recorded["headers"], &recorded["body"]);
            let routing_key = exchange["request"]["reply_to"]["routing_key"].as_str().expect("an oid");
            let told = recorded.get("properties").cloned();
            let told =
                told.unwrap_or_else(|| properties(&Value::Null, "reply.celery.pidbox", routing_key, 1));
            let replies =
                decode_reply(&payload(headers, &told, body)).unwrap_or_else(|e| panic!("{name}: {e}"));
            let [reply] = replies.as_slice() else { panic!("{name}: one node answers") };
            assert_eq!(exchange["request"]["ticket"], *reply.ticket, "{name}");
            assert_eq!(body[&reply.node], reply.value, "{name}");

            let to: ReplyTo =
                serde_json::from_value(exchange["request"]["reply_to"].clone()).expect("an address");
            let clock = headers["clock"].as_u64().expect("a clock");
            let ours = opened(&encode_reply(reply, &to, clock, tag(&told)));
            assert_eq!((&ours.0, &ours.1, &ours.2), (headers, &told, body), "{name}");
            seen += 1;
        }
    }
    assert!(seen >= 60, "only {seen} replies are recorded");
}

#[test]
fn recorded_requests_reach_whom_they_reached() {
    for (name, exchange) in exchanges() {
        let request: Request = serde_json::from_value(exchange["request"].clone()).expect("a request");
        let silent = ["ping_pattern_miss"].contains(&&*name);
        assert_eq!(request.is_for("w1@fixture.example"), !silent, "{name}");
    }
}

#[test]
fn names_come_before_patterns() {
    let mut request = Request::new("ping", Value::Null);
    assert!(request.is_for("w1@h"));
    (request.pattern, request.matcher) = (Some("x*".to_owned()), Some("glob".to_owned()));
    assert!(request.is_for("x1@h") && !request.is_for("w1@h"));
    request.destination = Some(Vec::new());
    assert!(request.is_for("x1@h") && !request.is_for("w1@h"), "no names are no destination");
    request.destination = Some(vec!["w1@h".to_owned()]);
    assert!(request.is_for("w1@h") && !request.is_for("x1@h"));
    (request.destination, request.matcher) = (None, None);
    assert!(request.is_for("w1@h"), "a pattern nobody says how to match is none");
}

#[test]
fn what_is_malformed_is_an_error_with_a_reason() {
    let with = |body: &str| payload(&json!({"clock": 1}), &json!({"body_encoding": null}), &json!(body));
    for (raw, reason) in [
        (b"nonsense".to_vec(), "not an envelope"),
        (payload(&json!({}), &json!({"body_encoding": "base64"}), &json!([])), "no request"),
        (payload(&json!({}), &json!({"body_encoding": "base64"}), &json!({"arguments": {}})), "no request"),
        (payload(&json!({}), &json!({"body_encoding": "base64"}), &json!({"method": 1})), "no request"),
        (with("{"), "no request"),
    ] {
        let error = decode_request(&raw).expect_err("refused");
        assert!(error.contains(reason), "{error:?} does not speak of {reason:?}");
    }
    let plain = json!({"body_encoding": "base64"});
    assert!(decode_reply(&payload(&json!({"clock": 1}), &plain, &json!({"n": 1}))).is_err(), "no ticket");
    assert!(decode_reply(&payload(&json!({"ticket": "t"}), &plain, &json!([]))).is_err(), "no node");
}

#[test]
fn odd_headers_and_missing_fields_are_tolerated() {
    let plain = json!({"body_encoding": "base64"});
    for headers in
        [json!({}), json!({"clock": null}), json!({"clock": "x", "expires": []}), json!({"clock": -1})]
    {
        let heard = decode_request(&payload(&headers, &plain, &json!({"method": "ping"}))).expect("read");
        assert_eq!((heard.clock, heard.request.arguments), (0, Value::Null));
    }
    let (_, _, body) = opened(&encode_request(&Request::new("ping", Value::Null), 1, Uuid::nil()));
    assert_eq!(body["arguments"], json!({}), "kombu unpacks what stands there");
}

#[test]
fn answers_with_pythons_own_words_are_read() {
    let body =
        base64::engine::general_purpose::STANDARD.encode(r#"{"w@h": {"load": NaN, "name": "\ud800"}}"#);
    let raw = json!({
        "body": body, "content-type": "application/json",
        "headers": {"ticket": "t"}, "properties": {"body_encoding": "base64"},
    });
    let replies = decode_reply(raw.to_string().as_bytes()).expect("read");
    let value = json!({"load": null, "name": "\u{fffd}"});
    assert_eq!(replies, [Reply { ticket: "t".to_owned(), node: "w@h".to_owned(), value }]);
}

proptest! {
    #[test]
    fn no_bytes_bring_it_down(bytes in prop::collection::vec(any::<u8>(), 0..200), body in ".{0,80}") {
        let _ = (decode_request(&bytes), decode_reply(&bytes));
        let raw = payload(&json!({"ticket": body}), &json!({}), &json!(body));
        let _ = (decode_request(&raw), decode_reply(&raw));
    }

    #[test]
    fn no_pattern_brings_it_down(pattern in ".{0,60}", glob: bool, name in ".{0,60}") {
        let mut request = Request::new("ping", Value::Null);
        let matcher = if glob { "glob" } else { "pcre" };
        (request.pattern, request.matcher) = (Some(pattern), Some(matcher.to_owned()));
        let _ = request.is_for(&name);
    }
}
