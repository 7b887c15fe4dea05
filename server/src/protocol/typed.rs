//! kombu's typed values: `{"__type__": T, "__value__": V}` stands for something JSON has no word for.
//!
//! They become plain JSON which serde reads into the type an author asks for: moments, decimals and UUIDs are text,
//! bytes are text if they are UTF-8 and base64 otherwise. Anything with other keys beside these two is an object like
//! any other.

use serde_json::{Map, Value};

const TYPE: &str = "__type__";
const VALUE: &str = "__value__";

/// A typed value that kombu cannot read either.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum TypedError {
    #[error("unsupported type {0}")]
    Unknown(String),
    #[error("a value of the type {0} cannot be {1}")]
    Value(String, String),
}

/// Whether JSON text may have typed values in it. Most has none and need not be walked through.
pub fn may_be_in(json: &str) -> bool {
    json.contains(r#""__type__""#)
}

/// Replaces typed values by plain ones, the innermost first.
pub fn make_plain(value: &mut Value) -> Result<(), TypedError> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(make_plain),
        Value::Object(map) => {
            map.values_mut().try_for_each(make_plain)?;
            if map.len() == 2 && map.contains_key(TYPE) && map.contains_key(VALUE) {
                *value = plain(map)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn plain(typed: &mut Map<String, Value>) -> Result<Value, TypedError> {
    let value = typed.get_mut(VALUE).map(Value::take).unwrap_or_default();
    let kind = match typed.get(TYPE) {
        Some(Value::String(kind)) => kind.as_str(),
        other => return Err(TypedError::Unknown(other.map(Value::to_string).unwrap_or_default())),
    };
    match (kind, value) {
        ("datetime" | "date" | "time" | "decimal" | "bytes" | "base64", Value::String(text)) => {
            Ok(text.into())
        }
        ("decimal", Value::Number(number)) => Ok(number.to_string().into()),
        ("uuid", Value::Object(parts)) => {
            let hex = parts.get("hex").and_then(Value::as_str);
            let uuid = hex.and_then(|hex| uuid::Uuid::try_parse(hex).ok());
            let uuid =
                uuid.ok_or_else(|| TypedError::Value(kind.to_owned(), Value::Object(parts).to_string()))?;
            Ok(uuid.hyphenated().to_string().into())
        }
        ("datetime" | "date" | "time" | "decimal" | "bytes" | "base64" | "uuid", other) => {
            Err(TypedError::Value(kind.to_owned(), other.to_string()))
        }
        _ => Err(TypedError::Unknown(kind.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn made_plain(mut value: Value) -> Result<Value, TypedError> {
        make_plain(&mut value).map(|()| value)
    }

    #[test]
    fn typed_values_become_text() {
        let cases = [
            ("datetime", json!("2024-02-29T12:30:00Z"), "2024-02-29T12:30:00Z"),
            ("decimal", json!("1.50"), "1.50"),
            ("decimal", json!(2), "2"),
            (
                "uuid",
                json!({"hex": "12345678123456781234567812345678"}),
                "12345678-1234-5678-1234-567812345678",
            ),
            ("base64", json!("/wD+"), "/wD+"),
        ];
        for (kind, value, text) in cases {
            let typed = json!([{"deep": {"__type__": kind, "__value__": value}}]);
            assert_eq!(made_plain(typed), Ok(json!([{"deep": text}])));
        }
    }

    #[test]
    fn other_keys_make_it_an_object() {
        for object in [json!({"__type__": "bytes", "__value__": "a", "x": 1}), json!({"__type__": "nope"})] {
            assert_eq!(made_plain(object.clone()), Ok(object));
        }
    }

    #[test]
    fn what_kombu_cannot_read_is_an_error() {
        for (kind, value) in [
            (json!("nope"), json!(1)),
            (json!(1), json!(1)),
            (json!("uuid"), json!("1234")),
            (json!("uuid"), json!({"hex": "xyz"})),
            (json!("date"), json!(5)),
        ] {
            assert!(made_plain(json!({"__type__": kind, "__value__": value})).is_err());
        }
    }
}
