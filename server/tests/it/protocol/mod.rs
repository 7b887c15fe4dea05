//! The codecs against what real Celery wrote, and against what it never would.

mod control;
mod event;
mod json;
mod messages;
mod properties;
mod refused;
mod results;
mod traffic;

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use umbel::protocol::{Accept, Signature, envelope, lenient};

/// All recordings of a folder, by name.
fn recorded(folder: &str) -> BTreeMap<String, Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/celery").join(folder);
    let files = std::fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let read = files.map(|file| {
        let path = file.expect("a readable folder").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name in ASCII").to_owned();
        let text = std::fs::read(&path).expect("a readable file");
        (name, lenient::from_slice(&text).expect("valid JSON"))
    });
    read.collect()
}

/// Fails for a recording nobody expects, and for an expectation nothing was recorded for.
fn assert_all_expected<'a>(recorded: &BTreeMap<String, Value>, expected: impl IntoIterator<Item = &'a str>) {
    let mut expected: Vec<&str> = expected.into_iter().collect();
    expected.sort_unstable();
    let found: Vec<&str> = recorded.keys().map(String::as_str).collect();
    assert_eq!(found, expected);
}

fn everything() -> Accept {
    Accept::new(["json", "yaml", "msgpack"]).expect("known names")
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} of {value} is not text"))
}

/// Python's JSON, as a value.
fn json(text: &[u8]) -> Value {
    lenient::from_slice(text).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(text)))
}

/// Writes a decoded message and checks that it says what the original said. What we never write, or say otherwise,
/// must be taken out of the original before.
fn assert_same_when_written(name: &str, message: &umbel::protocol::Message, mut original: Value) {
    let tag = text(&original["properties"], "delivery_tag").to_owned();
    let mut written = json(&envelope::encode(message, &tag));
    written.as_object_mut().expect("an object").remove("body");
    let original_parts = original.as_object_mut().expect("an object");
    original_parts.remove("body");
    let properties = original["properties"].as_object_mut().expect("an object");
    // Nobody on Redis reads the first two; the others are said by the headers, and repeated here by accident.
    for name in ["reply_to", "expiration", "argsrepr", "kwargsrepr", "origin"] {
        properties.remove(name);
    }
    assert_eq!(written, original, "{name}");
}

/// Every signature in an embed comes back as it was.
fn assert_signatures_survive(name: &str, embed: &Value) {
    for field in ["callbacks", "errbacks", "chain", "chord"] {
        let Some(value) = embed.get(field).filter(|value| !value.is_null()) else { continue };
        let read = Signature::parse_list(Some(value)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let written: Vec<Value> = read.iter().map(Signature::to_value).collect();
        let same =
            if value.is_array() { Value::Array(written) == *value } else { written == [value.clone()] };
        assert!(same, "{name}: {field}");
        for signature in read {
            signature.shape().unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

/// The same in the order of their names.
pub(crate) fn recordings(folder: &str) -> Vec<(String, Value)> {
    recorded(folder).into_iter().collect()
}

/// Every object anywhere below that has a field of this name.
fn with_field<'a>(value: &'a Value, field: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key(field) {
                found.push(value);
            }
            fields.values().for_each(|value| with_field(value, field, found));
        }
        Value::Array(items) => items.iter().for_each(|value| with_field(value, field, found)),
        _ => {}
    }
}

/// Whether two values say the same. Python writes `5` where Rust writes `5.0`, and means the same by it.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
