//! The body of a task message: `[args, kwargs, embed]`.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a task is called with, and what follows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    pub args: Vec<Value>,
    pub kwargs: Map<String, Value>,
    pub embed: Embed,
}

/// What follows a task: signatures kept as JSON until they are needed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Embed {
    #[serde(default)]
    pub callbacks: Option<Value>,
    #[serde(default)]
    pub errbacks: Option<Value>,
    #[serde(default)]
    pub chain: Option<Value>,
    #[serde(default)]
    pub chord: Option<Value>,
}

/// Why a body cannot be run.
#[derive(Debug, thiserror::Error)]
#[error("cannot decode the message body: {0}")]
pub struct BodyError(#[from] serde_json::Error);

impl Body {
    pub fn new(args: Vec<Value>, kwargs: Map<String, Value>) -> Self {
        Self { args, kwargs, embed: Embed::default() }
    }

    pub fn encode(&self) -> Bytes {
        let triple = (&self.args, &self.kwargs, &self.embed);
        Bytes::from(serde_json::to_vec(&triple).expect("JSON values always serialise"))
    }

    /// Reads a JSON body. A missing or null embed is tolerated, as Celery tolerates it.
    pub fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        let (args, kwargs, embed) =
            serde_json::from_slice::<(Vec<Value>, Map<String, Value>, Option<Embed>)>(bytes)?;
        Ok(Self { args, kwargs, embed: embed.unwrap_or_default() })
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
        assert!(Body::decode(b"[[],{}]").is_err());
        assert!(Body::decode(b"[[],[],{}]").is_err());
        assert!(Body::decode(b"\xff\xfe").is_err());
    }

    #[test]
    fn very_deep_json_is_an_error_and_not_a_crash() {
        let deep = format!("[[{}{}],{{}},null]", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Body::decode(deep.as_bytes()).is_err());
    }
}
