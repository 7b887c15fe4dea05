//! Tasks that do not simply succeed.

use crate::task::{Args, Context, Retry, TaskError};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Fail {
    message: String,
}

impl Default for Fail {
    fn default() -> Self {
        Self { message: "this task always fails".to_owned() }
    }
}

pub(super) async fn fail(Args(Fail { message }): Args<Fail>) -> Result<(), TaskError> {
    Err(TaskError::new("RuntimeError", message))
}

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Again {
    times: u32,
    /// Seconds before each new attempt.
    delay: f64,
}

impl Default for Again {
    fn default() -> Self {
        Self { times: 2, delay: 1.0 }
    }
}

/// Returns how many attempts it took.
pub(super) async fn retry(Args(again): Args<Again>, context: Context) -> Result<u32, TaskError> {
    let attempt = context.retries() + 1;
    if context.retries() < again.times {
        let cause = TaskError::new("ConnectionError", format!("attempt {attempt} was refused"));
        return Err(Retry::new().countdown(again.delay).cause(cause).into());
    }
    Ok(attempt)
}
