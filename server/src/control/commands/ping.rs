use serde_json::{Value, json};

pub(super) fn answer() -> Result<Value, String> {
    Ok(json!({ "ok": "pong" }))
}
