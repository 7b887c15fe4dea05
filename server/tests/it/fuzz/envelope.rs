//! Items of a list.

use super::*;
use umbel::protocol::envelope::{Arrived, Unacked, as_redelivered, decode, encode};
use umbel::protocol::{Accept, Body, compression};

/// Reasons go to a log.
const LONGEST_REASON: usize = 2048;

fn everything() -> Accept {
    Accept::new(["json", "yaml", "msgpack"]).expect("known names")
}

fn check(raw: &[u8]) {
    // Whatever it is, it is given back as something that says the same.
    let marked = as_redelivered(raw);
    match decode(raw, "celery", &everything()) {
        Ok(Arrived { message, .. }) => {
            assert!(message.body.len() <= compression::LARGEST);
            let again =
                decode(&encode(&message, "tag"), "celery", &Accept::json()).expect("it was just written");
            assert_eq!(again.message, message);
            let marked = decode(&marked, "celery", &everything()).expect("only a mark was added");
            assert!(marked.redelivered);
            assert_eq!(marked.message, message);
            // It may be wrong in itself, which its sender is told.
            let _ = Body::decode(&message.body);
        }
        Err(refusal) => {
            assert!(!refusal.reason.is_empty());
            assert!(refusal.reason.len() <= LONGEST_REASON, "a reason of {} bytes", refusal.reason.len());
        }
    }
    if let Ok(unacked) = Unacked::decode(raw) {
        assert_eq!(
            Unacked::decode(&unacked.encode()).expect("it was just written").encode(),
            unacked.encode()
        );
    }
}

fn envelopes() -> Vec<Vec<u8>> {
    let pick = |text: &str| text.starts_with("{\"body").then(|| text.as_bytes().to_vec());
    let mut found = recorded_texts("messages", pick);
    found
        .extend(recorded_texts("unacked", |text| text.contains("{\"body").then(|| text.as_bytes().to_vec())));
    found.extend([
        &br#"{"body": "[[1, 2], {}, {}]", "content-type": "application/json", "headers": {"task": "t", "id": "i"}}"#[..],
        br#"{"body": "{\"task\": \"t\", \"id\": \"i\", \"args\": [1], \"eta\": \"2020-01-01T00:00:00\", \"taskset\": \"g\"}",
            "content-type": "application/json", "headers": {"x": NaN}}"#,
        br#"{"body": "- - 1\n- {}\n- null\n", "content-type": "application/x-yaml", "headers": {"task": "t", "id": "i"}}"#,
    ].map(<[u8]>::to_vec));
    found
}

#[test]
fn damaged_envelopes() {
    run("envelope", &envelopes(), check);
}

/// Ways of putting something into an envelope: content type and compression.
const KINDS: [(&str, &str); 8] = [
    ("application/json", ""),
    ("application/json", "gzip"),
    ("application/json", "bzip2"),
    ("application/json", "lzma"),
    ("application/json", "zstd"),
    ("application/json", "brotli"),
    ("application/x-yaml", ""),
    ("application/x-msgpack", ""),
];

/// What is inside of an envelope, where base64 would keep it out of harm's way. The first byte is the kind.
#[test]
fn damaged_contents() {
    let yaml =
        b"\x06- &a [1, 0x1f, 1:30, yes, ~, 2024-02-29, !!binary /wD+]\n- {k: *a, l: *a}\n- !!set {a, b}\n";
    let mut contents = vec![yaml.to_vec()];
    contents.push([&b"\x04"[..], &base64_of("KLUv/QRYgQAAW1sxLCAyXSwge30sIHt9XTJnNfQ=")].concat());
    contents.push([&b"\x05"[..], &base64_of("jweAW1sxLCAyXSwge30sIHt9XQM=")].concat());
    for raw in envelopes() {
        let Ok(envelope) = lenient::from_slice::<Value>(&raw) else { continue };
        let Some(Ok(body)) = envelope["body"].as_str().map(|body| STANDARD.decode(body)) else { continue };
        let kind = match (envelope["content-type"].as_str(), envelope["headers"]["compression"].as_str()) {
            (Some("application/x-yaml"), _) => 6,
            (Some("application/x-msgpack"), _) => 7,
            (_, Some("application/x-gzip")) => 1,
            (_, Some("application/x-bz2")) => 2,
            (_, Some("application/x-lzma")) => 3,
            (_, _) => 0,
        };
        // Plain JSON is damaged as a body.
        if kind > 0 {
            contents.push([&[kind], &*body].concat());
        }
    }
    run("contents", &contents, |input| {
        let Some((kind, content)) = input.split_first() else { return };
        let (kind, compression) = KINDS[usize::from(*kind) % KINDS.len()];
        let mut envelope = serde_json::json!({
            "body": STANDARD.encode(content), "content-type": kind, "properties": {"body_encoding": "base64"},
            "headers": {"task": "t", "id": "i"},
        });
        if !compression.is_empty() {
            envelope["headers"]["compression"] = compression.into();
        }
        check(envelope.to_string().as_bytes());
    });
}

fn base64_of(text: &str) -> Vec<u8> {
    STANDARD.decode(text).expect("base64")
}
