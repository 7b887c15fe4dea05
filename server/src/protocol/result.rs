//! What is stored under a task's id: its state and what came of it.

mod part;
mod read;
mod tuple;

pub use part::ChordPart;
pub use read::ResultMetaError;
pub use tuple::{GroupMeta, ResultTuple};

use super::{Exception, State, TaskId, lenient};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// A stored result, in Celery's order of fields. `result` stays raw JSON: few readers ever need it parsed.
#[derive(Clone, Debug, Serialize)]
pub struct ResultMeta {
    pub status: State,
    /// The return value, the exception, or the meta of a custom state.
    pub result: Box<RawValue>,
    pub traceback: Option<String>,
    /// Result tuples of the tasks it sent, see [`ResultTuple`]; `None` where it never ran.
    pub children: Option<Box<RawValue>>,
    /// ISO 8601, once the state is ready.
    pub date_done: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<TaskId>,
    /// From here on it is what Celery's setting `result_extended` adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kwargs: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamped_headers: Option<Vec<String>>,
    /// A key for each stamp, and whatever else somebody wrote.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
    pub task_id: TaskId,
}

impl ResultMeta {
    pub fn new(task_id: TaskId, status: State, result: Box<RawValue>) -> Self {
        Self {
            status,
            result,
            traceback: None,
            children: None,
            date_done: None,
            group_id: None,
            parent_id: None,
            name: None,
            args: None,
            kwargs: None,
            worker: None,
            retries: None,
            queue: None,
            stamped_headers: None,
            extra: Map::new(),
            task_id,
        }
    }

    /// Reads a stored value, compressed or not.
    pub fn decode(stored: &[u8]) -> Result<Self, ResultMetaError> {
        read::stored(stored)
    }

    /// The value to store, as JSON.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("its keys are text")
    }

    /// The stored exception of a FAILURE, RETRY or REVOKED. A task that asked for a retry without one has none.
    pub fn exception(&self) -> Option<Exception> {
        let value: Value = lenient::from_slice(self.result.get().as_bytes()).ok()?;
        serde_json::from_value(value).ok()
    }
}

/// JSON text of any serialisable value, ready to be a result.
pub fn raw<T: Serialize + ?Sized>(value: &T) -> Result<Box<RawValue>, serde_json::Error> {
    serde_json::value::to_raw_value(value)
}

/// The result of a task that returned nothing.
pub fn null() -> Box<RawValue> {
    RawValue::NULL.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORED: &str = r#"{"status":"SUCCESS","result":{"a":[1,null]},"traceback":null,"children":[],"date_done":"2026-11-20T06:58:45.617836+00:00","group_id":"g","name":"proj.add","args":[1,2],"kwargs":{},"worker":"w1@host","retries":0,"queue":"celery","stamped_headers":["who"],"who":"me","task_id":"t"}"#;

    #[test]
    fn comes_back_as_it_was() {
        let meta = ResultMeta::decode(STORED.as_bytes()).expect("sound");
        assert_eq!(meta.extra["who"], "me");
        assert_eq!(String::from_utf8(meta.encode()).expect("JSON"), STORED);
    }

    #[test]
    fn little_is_needed() {
        let meta = ResultMeta::decode(br#"{"task_id": "t", "status": "RETRY"}"#).expect("enough");
        assert_eq!((meta.status.clone(), meta.result.get(), meta.exception()), (State::Retry, "null", None));
        for poor in [&b"{}"[..], br#"{"task_id": "t"}"#, br#"{"status": "SUCCESS"}"#, b"[]", b"garbage"] {
            assert!(ResultMeta::decode(poor).is_err());
        }
    }

    #[test]
    fn what_only_python_writes_is_read() {
        let text = br#"{"status": "SUCCESS", "result": [NaN], "result": [Infinity, 1], "task_id": "t"}"#;
        assert_eq!(ResultMeta::decode(text).expect("Python reads it").result.get(), "[null, 1]");
    }

    #[test]
    fn compressed_results_are_inflated() {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packer, STORED.as_bytes()).expect("memory");
        let stored =
            [b"\0celery-compressed\0application/x-gzip\0", &*packer.finish().expect("memory")].concat();
        assert_eq!(ResultMeta::decode(&stored).expect("sound").encode(), STORED.as_bytes());
        for broken in [&b"\0celery-compressed\0"[..], b"\0celery-compressed\0nope\0x", &stored[..60]] {
            assert!(ResultMeta::decode(broken).is_err());
        }
    }

    #[test]
    fn exceptions_of_all_ages_are_read() {
        let with = |result: &str| {
            let text = format!(r#"{{"status": "FAILURE", "result": {result}, "task_id": "t"}}"#);
            ResultMeta::decode(text.as_bytes()).expect("sound").exception().map(|error| error.to_string())
        };
        assert_eq!(
            with(r#"{"exc_type": "ValueError", "exc_message": ["bad"], "exc_module": "builtins"}"#)
                .as_deref(),
            Some("ValueError('bad')")
        );
        assert_eq!(
            with(r#"{"exc_type": "ValueError", "exc_message": "bad"}"#).as_deref(),
            Some("ValueError('bad')")
        );
        assert_eq!(with(r#"{"exc_type": "Odd", "exc_module": null}"#).as_deref(), Some("Odd()"));
        assert_eq!(with("null"), None);
        assert_eq!(with(r#""boom""#), None);
    }
}
