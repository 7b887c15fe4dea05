//! Bodies, and the signatures in them.

use super::*;
use umbel::protocol::signature::{Call, Shape};
use umbel::protocol::{Body, Signature, time};

fn check(bytes: &[u8]) {
    let Ok(body) = Body::decode(bytes) else { return };
    assert_eq!(Body::decode(&body.encode()).expect("it was just written"), body);
    for part in [&body.embed.callbacks, &body.embed.errbacks, &body.embed.chain, &body.embed.chord] {
        for signature in Signature::parse_list(part.as_ref()).unwrap_or_default() {
            follow(&signature, 0);
        }
    }
}

/// Takes a signature apart and calls what can be called.
fn follow(signature: &Signature, depth: usize) {
    assert!(depth < 200, "JSON is not nested as deep as this");
    assert_eq!(Signature::parse(signature.to_value()).as_ref(), Ok(signature));
    match signature.shape() {
        Ok(Shape::Task) => {
            let now = time::parse("2026-11-20T00:00:00Z").expect("valid");
            let call = Call { id: "i".into(), now, origin: "fuzz@host", queue: "celery", parent: None };
            if let Ok(message) = signature.clone().into_message(call) {
                Body::decode(&message.body).expect("its arguments were read before");
            }
        }
        Ok(Shape::Chain(parts) | Shape::Group(parts)) => {
            parts.iter().for_each(|part| follow(part, depth + 1));
        }
        Ok(Shape::Chord { header, body }) => {
            header.iter().for_each(|part| follow(part, depth + 1));
            follow(&body, depth + 1);
        }
        Err(_) => {}
    }
}

#[test]
fn damaged_bodies() {
    let pick = |text: &str| {
        let envelope = text
            .starts_with("{\"body")
            .then(|| lenient::from_slice::<Value>(text.as_bytes()).ok())
            .flatten()?;
        let body = STANDARD.decode(envelope["body"].as_str()?).ok()?;
        body.starts_with(b"[").then_some(body)
    };
    let mut corpus = recorded_texts("messages", pick);
    corpus.push(br#"[[{"__type__": "uuid", "__value__": {"hex": "12345678123456781234567812345678"}}, NaN, "\ud800"], {}, {}]"#.to_vec());
    run("body", &corpus, check);
}
