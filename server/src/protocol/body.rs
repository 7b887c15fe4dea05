//! The body of a task message: `[args, kwargs, embed]`.

mod follows;
mod read;

use super::typed::TypedError;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

/// What a task is called with, and what follows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    pub args: Vec<Value>,
    pub kwargs: Map<String, Value>,
    pub embed: Embed,
}

/// What follows a task: [signatures](super::Signature), kept as JSON until they are needed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Embed {
    pub callbacks: Option<Value>,
    pub errbacks: Option<Value>,
    /// The steps after this one, the next of them last.
    pub chain: Option<Value>,
    pub chord: Option<Value>,
}

/// Why a body cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    #[error("cannot decode the message body: {0}")]
    Json(#[from] serde_json::Error),
    #[error("cannot decode the message body: {0}")]
    Typed(#[from] TypedError),
}

impl Body {
    pub fn new(args: Vec<Value>, kwargs: Map<String, Value>) -> Self {
        Self { args, kwargs, embed: Embed::default() }
    }

    pub fn encode(&self) -> Bytes {
        let triple = (&self.args, &self.kwargs, &self.embed);
        Bytes::from(serde_json::to_vec(&triple).expect("JSON values always serialise"))
    }

    /// Reads a JSON body as tolerantly as Python does: see [`super::lenient`] for numbers and text, [`super::typed`]
    /// for kombu's typed values among the arguments. A missing or null embed is none.
    ///
    /// Signatures in the embed keep their typed values: they are only passed on, perhaps to a Python worker.
    pub fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        read::read(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn writes_the_triple_celery_writes() {
        let body = Body::new(vec![json!(1), json!("a")], Map::from_iter([("k".to_owned(), json!(null))]));
        let text = String::from_utf8(body.encode().to_vec()).expect("JSON is UTF-8");
        assert_eq!(
            text,
            r#"[[1,"a"],{"k":null},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"#
        );
        assert_eq!(Body::decode(text.as_bytes()).expect("round trip"), body);
    }

    #[test]
    fn tolerates_a_null_embed_and_refuses_other_shapes() {
        assert!(Body::decode(b"[[],{},null]").is_ok());
        assert!(Body::decode(b"[null,null,{}]").is_ok_and(|body| body == Body::default()));
        assert!(Body::decode(b"[[],{}]").is_err());
        assert!(Body::decode(b"[[],[],{}]").is_err());
        assert!(Body::decode(b"\xff\xfe").is_err());
    }

    #[test]
    fn very_deep_json_is_an_error_and_not_a_crash() {
        let deep = format!("[[{}{}],{{}},null]", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Body::decode(deep.as_bytes()).is_err());
    }

    #[test]
    fn reads_what_only_python_writes() {
        let text = r#"[[NaN, 1180591620717411303424, {"__type__": "date", "__value__": "2024-02-29"}], {"a": 1, "a": 2},
            {"chain": [], "chain": null, "chord": {"args": [{"__type__": "date", "__value__": "x"}]}, "other": 1}]"#;
        let body = Body::decode(text.as_bytes()).expect("Python reads it");
        assert_eq!(body.args, [json!(null), json!(1180591620717411303424.0), json!("2024-02-29")]);
        assert_eq!((&body.kwargs["a"], &body.embed.chain), (&json!(2), &None));
        assert_eq!(body.embed.chord.expect("kept")["args"][0]["__value__"], "x", "passed on as it was");
        assert!(Body::decode(br#"[[{"__type__": "nope", "__value__": 1}], {}, {}]"#).is_err());
    }
}
