//! Whether two answers are alike: the same keys, the same types, and the same values but for those that belong to one
//! machine or one moment.

use serde_json::Value;

/// What is different, with its place; `None` when nothing is.
pub(super) fn difference(recorded: &Value, ours: &Value, by_type: &[&str]) -> Option<String> {
    differ("$", recorded, ours, by_type, false)
}

fn differ(place: &str, recorded: &Value, ours: &Value, by_type: &[&str], types_only: bool) -> Option<String> {
    match (recorded, ours) {
        (Value::Object(recorded), Value::Object(ours)) => {
            let (a, b): (Vec<_>, Vec<_>) = (sorted(recorded.keys()), sorted(ours.keys()));
            if a != b {
                return Some(format!("{place}: keys {b:?}, recorded {a:?}"));
            }
            recorded.iter().find_map(|(key, value)| {
                let types_only = types_only || by_type.contains(&key.as_str());
                differ(&format!("{place}.{key}"), value, &ours[key], by_type, types_only)
            })
        }
        (Value::Array(recorded), Value::Array(ours)) if types_only => {
            match (recorded.first(), ours.first()) {
                (Some(recorded), Some(ours)) => differ(&format!("{place}[0]"), recorded, ours, by_type, true),
                (recorded, ours) if recorded.is_some() == ours.is_some() => None,
                _ => Some(format!("{place}: {} entries, recorded {}", ours.len(), recorded.len())),
            }
        }
        (Value::Array(recorded), Value::Array(ours)) if recorded.len() == ours.len() => {
            let pairs = recorded.iter().zip(ours).enumerate();
            pairs.into_iter().find_map(|(index, (recorded, ours))| {
                differ(&format!("{place}[{index}]"), recorded, ours, by_type, false)
            })
        }
        (recorded, ours) if types_only && kind(recorded) == kind(ours) => None,
        (recorded, ours) if recorded == ours => None,
        (recorded, ours) => Some(format!("{place}: {ours}, recorded {recorded}")),
    }
}

fn sorted<'a>(keys: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    let mut keys: Vec<&String> = keys.collect();
    keys.sort();
    keys
}

/// Python's types: a whole number is another one than a float.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}
