//! The codecs against what real Celery wrote.

mod control;
mod event;

use serde_json::Value;
use std::path::{Path, PathBuf};

/// The recordings in a folder below `tests/fixtures/celery`, with their names.
pub(crate) fn recordings(folder: &str) -> Vec<(String, Value)> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/celery").join(folder);
    let mut all: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| {
            let path = entry.expect("readable").path();
            let name = path.file_stem().expect("a file").to_string_lossy().into_owned();
            let text = std::fs::read(&path).expect("readable");
            (name, serde_json::from_slice(&text).expect("recordings are JSON"))
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
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
