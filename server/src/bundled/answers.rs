//! Tasks that answer at once.

use crate::task::{Args, Call, TaskError};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub(super) struct Add {
    x: serde_json::Number,
    y: serde_json::Number,
}

/// Whole numbers stay whole; as soon as one of them is not, the sum is not.
pub(super) async fn add(Args(Add { x, y }): Args<Add>) -> Result<Value, TaskError> {
    if let (Some(x), Some(y)) = (x.as_i64(), y.as_i64()) {
        let overflow = || TaskError::new("OverflowError", format!("{x} + {y} does not fit into 64 bits"));
        return x.checked_add(y).map(Value::from).ok_or_else(overflow);
    }
    let float = |number: &serde_json::Number| number.as_f64().unwrap_or(f64::NAN);
    Ok(json!(float(&x) + float(&y)))
}

pub(super) async fn echo(call: Call) -> Value {
    json!({"args": call.args, "kwargs": call.kwargs})
}
