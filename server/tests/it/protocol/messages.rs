//! What senders put into lists.

use super::*;
use serde_json::json;
use umbel::protocol::envelope::decode;
use umbel::protocol::keys::BrokerKeys;
use umbel::protocol::{Body, Message, time};

/// Every recording, and how many messages it has.
const RECORDED: &[(&str, usize)] = &[
    ("args_kwargs", 1),
    ("big_ints", 1),
    ("body_encoding_none", 1),
    ("chain", 1),
    ("chain_in_chord", 2),
    ("chain_in_group", 2),
    ("chain_link_error", 1),
    ("chain_options", 1),
    ("chord", 3),
    ("chord_empty", 1),
    ("chord_errback", 2),
    ("chord_in_chain", 1),
    ("chord_one", 1),
    ("chunks", 3),
    ("compressed_bzip2", 1),
    ("compressed_gzip", 1),
    ("compressed_lzma", 1),
    ("compressed_zlib", 1),
    ("countdown", 1),
    ("custom_repr", 1),
    ("delivery_mode", 1),
    ("direct_exchange", 1),
    ("direct_queue", 1),
    ("eta", 1),
    ("eta_naive", 1),
    ("expires_datetime", 1),
    ("expires_past", 1),
    ("expires_seconds", 1),
    ("expiring_queue", 1),
    ("extra_property", 1),
    ("global_keyprefix", 1),
    ("group", 3),
    ("group_in_chain", 1),
    ("group_in_chord", 3),
    ("group_in_group", 3),
    ("headers_custom", 1),
    ("ignore_result", 1),
    ("link", 1),
    ("link_both", 1),
    ("link_error", 1),
    ("link_many", 1),
    ("long_repr", 1),
    ("map", 1),
    ("nan_inf", 1),
    ("no_args", 1),
    ("nonstr_keys", 1),
    ("partial_immutable", 1),
    ("plain", 1),
    ("priority_0", 1),
    ("priority_1", 1),
    ("priority_12", 1),
    ("priority_2", 1),
    ("priority_3", 1),
    ("priority_5", 1),
    ("priority_6", 1),
    ("priority_9", 1),
    ("priority_queue_x_max", 1),
    ("protocol_v1", 1),
    ("queue_other", 1),
    ("reply_to_corr", 1),
    ("retry_policy", 1),
    ("rich_types", 1),
    ("send_task", 1),
    ("sep_and_steps", 3),
    ("serializer_msgpack", 1),
    ("serializer_pickle", 1),
    ("serializer_yaml", 1),
    ("set_arg_error", 0),
    ("shadow", 1),
    ("signature_dict", 1),
    ("stamped", 1),
    ("stamped_chain", 1),
    ("stamped_kwargs", 1),
    ("starmap", 1),
    ("task_sent_event", 1),
    ("task_soft_limit_attr", 1),
    ("time_limits", 1),
    ("topic_routed", 3),
    ("unicode", 1),
    ("unroutable", 0),
];

/// An item of a list, and where it was.
struct Item<'a> {
    name: &'a str,
    list: &'a str,
    raw: &'a str,
    body: &'a Value,
}

fn items<'a>(name: &'a str, recording: &'a Value) -> Vec<Item<'a>> {
    let lists = recording["payload"]["lists"].as_object().expect("lists");
    let item = |list: &'a String, item: &'a Value| Item {
        name,
        list,
        raw: text(item, "raw"),
        body: &item["body_decoded"],
    };
    lists
        .iter()
        .flat_map(|(list, items)| items.as_array().expect("a list").iter().map(move |raw| item(list, raw)))
        .collect()
}

/// The queue of an item: its routing key, except where an exchange stands between.
fn queue(item: &Item<'_>) -> String {
    match item.name {
        "topic_routed" | "direct_exchange" => item.list.to_owned(),
        _ => text(&json(item.raw.as_bytes())["properties"]["delivery_info"], "routing_key").to_owned(),
    }
}

fn keys(name: &str) -> BrokerKeys {
    match name {
        "global_keyprefix" => BrokerKeys::new(0).with_prefix("pfx-"),
        "sep_and_steps" => BrokerKeys::new(0).with_separator(":").with_steps([0, 4, 9]),
        _ => BrokerKeys::new(0),
    }
}

fn decoded(item: &Item<'_>) -> Message {
    let arrived = decode(item.raw.as_bytes(), &queue(item), &everything())
        .unwrap_or_else(|refusal| panic!("{}: {refusal:?}", item.name));
    assert!(!arrived.redelivered, "{}", item.name);
    arrived.message
}

#[test]
fn every_recorded_message_is_read_and_written() {
    let recordings = recorded("messages");
    assert_all_expected(&recordings, RECORDED.iter().map(|(name, _)| *name));
    for (name, count) in RECORDED {
        let items = items(name, &recordings[*name]);
        assert_eq!(items.len(), *count, "{name}");
        for item in items.iter().filter(|item| !matches!(item.name, "serializer_pickle" | "protocol_v1")) {
            let message = decoded(item);
            assert_eq!(keys(name).list(&message.queue, message.priority), item.list, "{name}");
            assert_same_when_written(name, &message, as_we_say_it(item, &message));
            assert_body(item, &message);
        }
    }
}

/// The original, with those differences that are on purpose.
fn as_we_say_it(item: &Item<'_>, message: &Message) -> Value {
    let mut original = json(item.raw.as_bytes());
    match item.name {
        "extra_property" => {
            for name in ["app_id", "message_id", "foo"] {
                original["properties"].as_object_mut().expect("an object").remove(name).expect("recorded");
            }
        }
        "delivery_mode" => original["properties"]["delivery_mode"] = json!(2),
        "topic_routed" | "direct_exchange" => {
            original["properties"]["delivery_info"] = json!({"exchange": "", "routing_key": message.queue});
        }
        "body_encoding_none" => original["properties"]["body_encoding"] = json!("base64"),
        "compressed_gzip" | "compressed_zlib" | "compressed_bzip2" | "compressed_lzma" => {
            original["headers"]
                .as_object_mut()
                .expect("an object")
                .remove("compression")
                .expect("compressed");
        }
        "serializer_yaml" | "serializer_msgpack" => {
            original["content-type"] = json!("application/json");
            original["content-encoding"] = json!("utf-8");
        }
        "eta_naive" => {
            assert_eq!(original["headers"]["eta"], "2030-01-02T03:04:05");
            original["headers"]["eta"] = json!("2030-01-02T03:04:05+00:00");
        }
        _ => {}
    }
    original
}

fn assert_body(item: &Item<'_>, message: &Message) {
    let embed = json!({"callbacks": null, "errbacks": null, "chain": null, "chord": null});
    let original = match item.name {
        "serializer_yaml" => json!([[1, 2], {}, embed]),
        _ => item.body.clone(),
    };
    assert_eq!(json(&message.body), original, "{}", item.name);
    assert_signatures_survive(item.name, &original[2]);
    let body = Body::decode(&message.body).unwrap_or_else(|error| panic!("{}: {error}", item.name));
    let args = match item.name {
        "rich_types" => json!([
            "2024-02-29T12:30:15.123456", "2024-02-29T12:30:00+00:00", "2024-02-29T12:30:00+05:30", "2024-02-29",
            "01:02:03.000004", "1.50", "12345678-1234-5678-1234-567812345678", "plain bytes", "/wD+", [1, [2, 3]],
            {"from": "__json__"},
        ]),
        "nan_inf" => json!([null, null, null]),
        "big_ints" => json!([
            9_223_372_036_854_775_808_u64,
            18_446_744_073_709_551_616.0,
            -1_180_591_620_717_411_303_424.0,
            1e300,
            0.1,
            1e-7,
        ]),
        _ => original[0].clone(),
    };
    assert_eq!(Value::Array(body.args), args, "{}", item.name);
    assert_eq!(Value::Object(body.kwargs), original[1], "{}", item.name);
    assert_eq!(body.embed.chain.unwrap_or_default(), original[2]["chain"], "{}", item.name);
    assert_eq!(body.embed.chord.unwrap_or_default(), original[2]["chord"], "{}", item.name);
}

#[test]
fn a_plain_message_is_written_letter_by_letter() {
    let recordings = recorded("messages");
    let item = &items("plain", &recordings["plain"])[0];
    // Python puts a blank after each comma and colon, none of which is inside of text here but in a repr.
    let compact = item.raw.replace("\": ", "\":").replace(", \"", ",\"").replace("null, null", "null,null");
    let (before, reply_to) = compact.split_once("\"reply_to\":\"").expect("a reply_to");
    let expected = format!("{before}{}", reply_to.split_once("\",").expect("more properties").1);
    let written =
        envelope::encode(&decoded(item), text(&json(item.raw.as_bytes())["properties"], "delivery_tag"));
    assert_eq!(String::from_utf8(written).expect("JSON is UTF-8"), expected);
}

#[test]
fn only_json_is_read_unless_more_is_accepted_and_pickle_never() {
    let recordings = recorded("messages");
    for (name, shown) in [
        ("serializer_yaml", "yaml (application/x-yaml)"),
        ("serializer_msgpack", "msgpack (application/x-msgpack)"),
        ("serializer_pickle", "pickle (application/x-python-serialize)"),
    ] {
        let item = &items(name, &recordings[name])[0];
        let refusal = decode(item.raw.as_bytes(), "celery", &Accept::json()).expect_err(name);
        assert_eq!(
            refusal.reason,
            format!(
                "Received invalid task message: Refusing to deserialize untrusted content of type {shown}"
            )
        );
    }
    let pickle = &items("serializer_pickle", &recordings["serializer_pickle"])[0];
    assert!(decode(pickle.raw.as_bytes(), "celery", &everything()).is_err());
    for names in [&["pickle"][..], &["json", "application/x-python-serialize"], &["nope"], &[]] {
        assert!(Accept::new(names.iter().copied()).is_err(), "{names:?}");
    }
}

#[test]
fn protocol_1_is_read_as_protocol_2() {
    let recordings = recorded("messages");
    let message = decoded(&items("protocol_v1", &recordings["protocol_v1"])[0]);
    assert_eq!(message.headers.task, "proj.add");
    assert_eq!(message.headers.eta, time::parse("2026-11-20T07:14:21.149566+00:00"));
    assert_eq!((message.headers.argsrepr.as_str(), message.headers.kwargsrepr.as_str()), ("(1, 2)", "{}"));
    assert!(message.headers.extra.is_empty(), "{:?}", message.headers.extra);
    let body = Body::decode(&message.body).expect("sound");
    assert_eq!(body.args, [json!(1), json!(2)]);
    let linked = Signature::parse_list(body.embed.callbacks.as_ref()).expect("sound");
    assert_eq!((linked[0].task.as_str(), &linked[0].args), ("proj.add", &vec![json!(1)]));
}

#[test]
fn bindings_and_keys_are_those_of_celery() {
    let recordings = recorded("messages");
    let mut members = 0;
    for (name, recording) in &recordings {
        let keys = keys(name);
        let Some(others) = recording["payload"]["other_keys"].as_object() else { continue };
        for (key, kept) in others.iter().filter(|(key, _)| key.contains("_kombu.binding")) {
            for member in kept["value"].as_array().expect("members").iter().filter_map(Value::as_str) {
                let binding = keys.parse_binding(member).unwrap_or_else(|| panic!("{name}: {member:?}"));
                assert_eq!(keys.binding_member(&binding), member, "{name}");
                let exchange = key
                    .rsplit_once("binding.")
                    .or(key.rsplit_once("binding_permanent."))
                    .expect("one of both")
                    .1;
                assert!(
                    [keys.binding(exchange), keys.binding_permanent(exchange)].contains(key),
                    "{name}: {key}"
                );
                members += 1;
            }
        }
    }
    assert!(members > 10, "{members}");
}
