//! Options of signatures: what Celery's `apply_async` takes, by name.

use serde_json::{Map, Value};

pub(super) type Options = Map<String, Value>;

/// Options of the call over those of the signature. Group and stamps stay as they are once they are set: others count
/// on them. A null says nothing.
pub(super) fn merge(own: &mut Options, extra: Options) {
    let stamped = list_of(own.get("stamped_headers").cloned());
    let fixed = |name: &str| {
        matches!(name, "group_id" | "stamped_headers") || stamped.iter().any(|stamp| stamp == name)
    };
    for (name, value) in extra {
        if !value.is_null() && !(fixed(&name) && own.contains_key(&name)) {
            own.insert(name, value);
        }
    }
}

pub(super) fn text(options: &Options, name: &str) -> Option<String> {
    options.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// Values of an option that may hold one or several.
pub(super) fn list_of(value: Option<Value>) -> Vec<Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items,
        Some(one) => vec![one],
    }
}

/// Adds to an option that holds several, unless it is there already.
pub(super) fn add_to_list(options: &mut Options, name: &str, value: Value) {
    let mut items = list_of(options.remove(name));
    if !items.contains(&value) {
        items.push(value);
    }
    options.insert(name.to_owned(), Value::Array(items));
}
