//! What went over the wire in whole scenarios: messages sent and given back, results, chords.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use umbel::protocol::envelope::{Unacked, as_redelivered, decode};
use umbel::protocol::keys::{BrokerKeys, ResultKeys};
use umbel::protocol::result::{ChordPart, GroupMeta};
use umbel::protocol::{Body, ResultMeta};

/// How much of each kind was found in a recording.
#[derive(Debug, Default, PartialEq)]
struct Found {
    sent: usize,
    given_back: usize,
    results: usize,
    groups: usize,
    parts: usize,
}

/// Folder, name, and what is in it: messages sent and given back, results, groups saved, parts of chords.
const RECORDED: &[(&str, &str, [usize; 5])] = &[
    ("beat", "messages", [6, 0, 0, 0, 0]),
    ("sequences", "acks_late", [1, 0, 2, 0, 0]),
    ("sequences", "chain", [2, 0, 4, 0, 0]),
    ("sequences", "chain_failure", [1, 0, 4, 0, 0]),
    ("sequences", "chord3", [4, 0, 8, 0, 3]),
    ("sequences", "chord_complex_header", [5, 0, 10, 1, 3]),
    ("sequences", "chord_fail", [3, 0, 8, 0, 3]),
    ("sequences", "chord_fail_errback", [3, 0, 8, 0, 2]),
    ("sequences", "chord_group_body", [4, 0, 8, 0, 2]),
    ("sequences", "chord_in_chain", [5, 0, 10, 0, 2]),
    ("sequences", "eta_hold", [1, 0, 2, 0, 0]),
    ("sequences", "expired", [1, 0, 2, 0, 0]),
    ("sequences", "failure", [1, 0, 2, 0, 0]),
    ("sequences", "group_save", [2, 0, 4, 2, 0]),
    ("sequences", "hard_limit", [1, 0, 4, 0, 0]),
    ("sequences", "ignore", [1, 0, 0, 0, 0]),
    ("sequences", "ignore_result", [1, 0, 0, 0, 0]),
    ("sequences", "link", [2, 0, 4, 0, 0]),
    ("sequences", "link_error_new", [1, 0, 2, 0, 0]),
    ("sequences", "link_error_old", [2, 0, 4, 0, 0]),
    ("sequences", "progress", [1, 0, 4, 0, 0]),
    ("sequences", "publish_consume_ack", [1, 0, 2, 0, 0]),
    ("sequences", "reject_drop", [1, 0, 2, 0, 0]),
    ("sequences", "reject_requeue", [1, 1, 2, 0, 0]),
    ("sequences", "replace", [2, 0, 2, 0, 0]),
    ("sequences", "replace_group", [4, 0, 6, 0, 2]),
    ("sequences", "retry", [3, 0, 6, 0, 0]),
    ("sequences", "soft_limit", [1, 0, 2, 0, 0]),
    ("sequences", "spawn_children", [3, 0, 6, 0, 0]),
    ("sequences", "worker_lost", [1, 0, 2, 0, 0]),
    ("sequences", "worker_lost_requeue", [1, 1, 2, 0, 0]),
    ("sequences", "worker_startup", [0, 0, 0, 0, 0]),
    ("sequences", "worker_warm_shutdown_idle", [0, 0, 0, 0, 0]),
    ("sequences", "xmap", [1, 0, 2, 0, 0]),
    ("sequences", "xstarmap", [1, 0, 2, 0, 0]),
    ("shutdown", "cold_early_ack", [0, 3, 2, 0, 0]),
    ("shutdown", "cold_quit", [0, 4, 0, 0, 0]),
    ("shutdown", "int_int", [0, 4, 0, 0, 0]),
    ("shutdown", "remap_sigterm", [0, 4, 0, 0, 0]),
    ("shutdown", "soft_quit", [0, 4, 0, 0, 0]),
    ("shutdown", "term_then_quit", [0, 4, 0, 0, 0]),
    ("shutdown", "warm_term", [0, 3, 2, 0, 0]),
    ("unacked", "after_sigkill", [0, 0, 0, 0, 0]),
    ("unacked", "prefetched", [6, 0, 0, 0, 0]),
    ("unacked", "visibility_restore", [0, 8, 0, 0, 0]),
];

#[test]
fn every_recorded_scenario_is_understood() {
    for folder in ["beat", "sequences", "shutdown", "unacked"] {
        let recordings = recorded(folder);
        let expected = RECORDED.iter().filter(|(of, ..)| *of == folder);
        assert_all_expected(&recordings, expected.clone().map(|(_, name, _)| *name));
        for (_, name, [sent, given_back, results, groups, parts]) in expected {
            let mut found = Found::default();
            walk(name, &recordings[*name], &mut found);
            let expected = Found {
                sent: *sent,
                given_back: *given_back,
                results: *results,
                groups: *groups,
                parts: *parts,
            };
            assert_eq!(found, expected, "{folder}/{name}");
        }
    }
}

/// Finds commands wherever they are, and looks at what they carry.
fn walk(name: &str, value: &Value, found: &mut Found) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(name, item, found)),
        Value::Object(fields) => {
            if let Some(command) = fields.get("cmd").and_then(Value::as_array) {
                let words: Vec<&str> = command.iter().filter_map(Value::as_str).collect();
                look(name, &words, value, found);
            }
            fields.values().for_each(|field| walk(name, field, found));
        }
        _ => {}
    }
}

fn look(name: &str, words: &[&str], recorded: &Value, found: &mut Found) {
    match words {
        ["LPUSH" | "RPUSH", list, item] if !list.contains("pidbox") => {
            let original = envelope_of(item, recorded);
            let again = words[0] == "RPUSH" || original["headers"]["redelivered"] == true;
            look_at_message(name, list, original, again);
            *(if again { &mut found.given_back } else { &mut found.sent }) += 1;
        }
        ["HSET", key, tag, stored] if stored.starts_with('[') => {
            assert_eq!(*key, BrokerKeys::new(0).unacked());
            let unacked =
                Unacked::decode(stored.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
            let envelope = json(unacked.envelope());
            assert_eq!(text(&envelope["properties"], "delivery_tag"), *tag, "{name}");
            assert_eq!(json(&unacked.encode()), json(stored.as_bytes()), "{name}");
            let ours = Unacked::new(unacked.envelope(), &unacked.routing_key).expect("JSON");
            assert_eq!(ours.encode(), unacked.encode(), "{name}");
        }
        ["SETEX", key, _, stored] | ["PUBLISH", key, stored] | ["SET", key, stored, ..] => {
            look_at_result(name, key, stored, found);
        }
        ["ZADD", key, _, stored] if key.ends_with(".j") => {
            let part = ChordPart::decode(stored.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(json(&part.encode()), json(stored.as_bytes()), "{name}");
            found.parts += 1;
        }
        _ => {}
    }
}

fn look_at_result(name: &str, key: &str, stored: &str, found: &mut Found) {
    let keys = ResultKeys::new("");
    if let Some(id) = keys.task_of(key) {
        let meta = ResultMeta::decode(stored.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(meta.task_id.as_str(), id, "{name}");
        assert_eq!(json(&meta.encode()), json(stored.as_bytes()), "{name}");
        found.results += 1;
    } else if key.starts_with("celery-taskset-meta-") && stored.starts_with('{') {
        let group: GroupMeta = serde_json::from_str(stored).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(keys.group(&group.result.id), key, "{name}");
        assert_eq!(serde_json::to_value(&group).expect("JSON"), json(stored.as_bytes()), "{name}");
        found.groups += 1;
    }
}

/// An envelope as it was, or made again from its parts: recordings leave out headers that are null.
fn envelope_of(item: &str, recorded: &Value) -> Value {
    if item.starts_with('{') {
        return json(item.as_bytes());
    }
    let mut envelope = serde_json::json!({
        "content-encoding": "utf-8", "content-type": "application/json", "body": STANDARD.encode(text(recorded, "body")),
    });
    envelope["headers"] = recorded["headers"].clone();
    envelope["properties"] = recorded["properties"].clone();
    for name in
        ["shadow", "eta", "expires", "group", "group_index", "parent_id", "ignore_result", "stamped_headers"]
    {
        envelope["headers"].as_object_mut().expect("headers").entry(name).or_insert(Value::Null);
    }
    envelope
}

fn look_at_message(name: &str, list: &str, mut original: Value, again: bool) {
    let queue = text(&original["properties"]["delivery_info"], "routing_key").to_owned();
    let raw = original.to_string();
    let arrived = decode(raw.as_bytes(), &queue, &Accept::json())
        .unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
    assert_eq!(arrived.redelivered, again, "{name}");
    assert_eq!(BrokerKeys::new(0).list(&queue, arrived.message.priority), list, "{name}");
    assert_eq!(json(&as_redelivered(raw.as_bytes())) == original, again, "{name}");
    let body = Body::decode(&arrived.message.body).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_signatures_survive(name, &serde_json::to_value(&body.embed).expect("JSON"));
    original["headers"].as_object_mut().expect("headers").remove("redelivered");
    original["properties"]["delivery_info"].as_object_mut().expect("delivery info").remove("redelivered");
    assert_same_when_written(name, &arrived.message, original);
}

#[test]
fn what_a_killed_worker_had_in_hand_can_be_given_back() {
    let recordings = recorded("unacked");
    let payload = &recordings["after_sigkill"]["payload"];
    let in_hand = payload["unacked"]["value"].as_object().expect("a hash");
    let index = payload["unacked_index"]["value"].as_array().expect("scores");
    assert_eq!((in_hand.len(), index.len()), (2, 2));
    for (tag, stored) in in_hand {
        let unacked = Unacked::decode(stored.as_str().expect("text").as_bytes()).expect("sound");
        assert_eq!((unacked.exchange.as_str(), unacked.routing_key.as_str()), ("", "celery"));
        assert!(index.iter().any(|member| member[0].as_str() == Some(tag)), "{tag}");
        let again = decode(&as_redelivered(unacked.envelope()), "celery", &Accept::json()).expect("sound");
        assert!(again.redelivered && again.message.headers.task == "proj.sleep_late", "{again:?}");
    }
    for item in payload["celery"]["value"].as_array().expect("a list") {
        decode(item.as_str().expect("text").as_bytes(), "celery", &Accept::json()).expect("sound");
    }
}
