//! What came of a task: its return value as JSON where it is stored, or else the text history kept of it.

use crate::monitor::TaskRecord;
use crate::protocol::{ResultMeta, State};
pub(super) use crate::store::history::text::cut;
use app::format::bytes as size;
use serde_json::Value;

/// A value larger than this would make a page nobody can read and a browser struggle with.
pub(crate) const LARGEST_SHOWN: usize = 256 * 1024;
/// How much of a larger value is shown as text.
const BEGINNING: usize = 4 * 1024;

/// A value, and why it is not shown in full.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Shown {
    pub(crate) value: Option<Value>,
    pub(crate) note: Option<String>,
}

/// The return value of a task that succeeded; nothing for any other.
pub(crate) fn shown(record: &TaskRecord, stored: Option<&ResultMeta>) -> Shown {
    if record.state != State::Success {
        return Shown::default();
    }
    match (stored.filter(|meta| meta.status == State::Success), record.result.as_deref()) {
        (Some(meta), _) => from_json(meta.result.get()),
        (None, Some(text)) => Shown {
            value: Some(Value::String(text.to_owned())),
            note: Some("The result has expired; this is its text.".to_owned()),
        },
        (None, None) => Shown { value: None, note: Some("The result has expired.".to_owned()) },
    }
}

fn from_json(json: &str) -> Shown {
    let beginning = || Some(Value::String(cut(json, BEGINNING).to_owned()));
    if json.len() > LARGEST_SHOWN {
        let note =
            format!("The result is {} large; this is the beginning of its text.", size(json.len() as u64));
        return Shown { value: beginning(), note: Some(note) };
    }
    match serde_json::from_str(json) {
        Ok(value) => Shown { value: Some(value), note: None },
        // What is stored is JSON; only its depth can be beyond the parser.
        Err(_) => Shown {
            value: beginning(),
            note: Some(
                "The result is nested too deeply to be unfolded; this is the beginning of its text."
                    .to_owned(),
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::TaskId;
    use serde_json::json;
    use serde_json::value::RawValue;

    fn succeeded(text: Option<&str>) -> TaskRecord {
        let mut record = TaskRecord::new(1, TaskId::from("a"), 0);
        record.state = State::Success;
        record.result = text.map(Into::into);
        record
    }

    fn stored(json: &str) -> ResultMeta {
        let raw = RawValue::from_string(json.to_owned()).expect("JSON");
        ResultMeta::new(TaskId::from("a"), State::Success, raw)
    }

    #[test]
    fn a_stored_value_is_shown_in_full() {
        let shown = shown(&succeeded(Some("{'a': 1}")), Some(&stored(r#"{"a": 1}"#)));
        assert_eq!(shown, Shown { value: Some(json!({"a": 1})), note: None });
    }

    #[test]
    fn an_expired_one_is_shown_as_its_text() {
        let shown = shown(&succeeded(Some("{'a': 1}")), None);
        assert_eq!(shown.value, Some(json!("{'a': 1}")));
        assert_eq!(shown.note.as_deref(), Some("The result has expired; this is its text."));
    }

    #[test]
    fn large_and_deep_values_are_cut_and_said_to_be() {
        let large = shown(&succeeded(None), Some(&stored(&format!("\"{}\"", "é".repeat(200_000)))));
        assert!(large.note.is_some_and(|note| note.contains("390.6 KiB")), "told in numbers");
        assert!(
            large
                .value
                .and_then(|value| value.as_str().map(str::len))
                .is_some_and(|length| length <= BEGINNING)
        );
        let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
        let raw: Box<RawValue> = RawValue::from_string(deep).unwrap_or_else(|_| RawValue::NULL.to_owned());
        let mut meta = stored("null");
        meta.result = raw;
        assert!(shown(&succeeded(None), Some(&meta)).value.is_some());
    }

    #[test]
    fn only_a_success_has_a_result() {
        let mut record = succeeded(Some("text"));
        record.state = State::Failure;
        assert_eq!(shown(&record, Some(&stored("1"))), Shown::default());
    }
}
