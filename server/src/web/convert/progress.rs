//! How far a task is, read out of the meta of its custom state. Everybody writes that differently; these are the
//! words Celery users use.

use app::view::Progress;
use serde_json::{Map, Value};

/// The longest message, in letters.
const LONGEST_MESSAGE: usize = 240;

/// The meta as text that was kept of it, with what can be read out of it. A meta that was cut is shown as text.
pub(crate) fn progress(meta: &str) -> Progress {
    let meta = serde_json::from_str(meta).unwrap_or_else(|_| Value::String(meta.to_owned()));
    Progress { share: share(&meta), message: message(&meta), meta }
}

/// The share done, between 0 and 1.
pub(crate) fn share(meta: &Value) -> Option<f64> {
    let meta = meta.as_object()?;
    let number = |key: &str| meta.get(key).and_then(Value::as_f64).filter(|number| number.is_finite());
    let total = number("total").filter(|total| *total > 0.0);
    let of_total = |key: &str| total.and_then(|total| number(key).map(|done| done / total));
    let share = of_total("current")
        .or_else(|| number("percent").map(|percent| percent / 100.0))
        .or_else(|| loose(meta, "progress"))
        .or_else(|| of_total("done"))
        .or_else(|| loose(meta, "done"))?;
    Some(share.clamp(0.0, 1.0))
}

/// A number that is a percentage when written as a whole number, and a share when written with a point.
fn loose(meta: &Map<String, Value>, key: &str) -> Option<f64> {
    let value = meta.get(key)?;
    let number = value.as_f64().filter(|number| number.is_finite())?;
    Some(if value.is_f64() && number <= 1.0 { number } else { number / 100.0 })
}

fn message(meta: &Value) -> Option<String> {
    let meta = meta.as_object()?;
    let text =
        |key: &str| meta.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let found = ["message", "status", "step", "stage"].into_iter().find_map(text)?;
    Some(found.chars().take(LONGEST_MESSAGE).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn shares_are_read_in_all_their_dialects() {
        let cases = [
            (json!({"current": 3, "total": 4}), Some(0.75)),
            (json!({"percent": 40}), Some(0.4)),
            (json!({"progress": 0.5}), Some(0.5)),
            (json!({"progress": 50}), Some(0.5)),
            (json!({"progress": 1}), Some(0.01)),
            (json!({"progress": 1.0}), Some(1.0)),
            (json!({"done": 5, "total": 10}), Some(0.5)),
            (json!({"done": 0.25}), Some(0.25)),
            (json!({"current": 9, "total": 3}), Some(1.0)),
            (json!({"percent": -5}), Some(0.0)),
            (json!({"current": 3, "total": 0}), None),
            (json!({"current": "3", "total": 4}), None),
            (json!({"done": true}), None),
            (json!([1, 2]), None),
            (json!(null), None),
        ];
        for (meta, expected) in cases {
            assert_eq!(share(&meta), expected, "{meta}");
        }
    }

    #[test]
    fn messages_are_the_first_text_there_is() {
        assert_eq!(message(&json!({"message": " ", "status": "Reading"})).as_deref(), Some("Reading"));
        assert_eq!(message(&json!({"step": 3, "stage": "two"})).as_deref(), Some("two"));
        assert_eq!(
            message(&json!({"message": "x".repeat(999)})).map(|text| text.len()),
            Some(LONGEST_MESSAGE)
        );
        assert_eq!(message(&json!("text")), None);
    }

    #[test]
    fn a_cut_meta_is_still_shown() {
        assert_eq!(progress("{\"current\": 1, \"tot").meta, json!("{\"current\": 1, \"tot"));
    }
}
