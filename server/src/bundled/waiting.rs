//! Tasks that take their time.

use crate::task::{Args, Context, TaskError};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

const LONGEST: f64 = 24.0 * 3600.0;

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Sleep {
    seconds: f64,
}

impl Default for Sleep {
    fn default() -> Self {
        Self { seconds: 1.0 }
    }
}

pub(super) async fn sleep(Args(Sleep { seconds }): Args<Sleep>) -> Result<f64, TaskError> {
    tokio::time::sleep(length(seconds)?).await;
    Ok(seconds)
}

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    steps: u32,
    /// For all steps together.
    seconds: f64,
}

impl Default for Progress {
    fn default() -> Self {
        Self { steps: 10, seconds: 5.0 }
    }
}

pub(super) async fn progress(
    Args(Progress { steps, seconds }): Args<Progress>,
    context: Context,
) -> Result<u32, TaskError> {
    let pause = length(seconds)? / steps.max(1);
    for step in 0..steps {
        let message = format!("Step {} of {steps}", step + 1);
        context.progress(json!({"current": step, "total": steps, "message": message})).await?;
        tokio::time::sleep(pause).await;
    }
    Ok(steps)
}

fn length(seconds: f64) -> Result<Duration, TaskError> {
    if (0.0..=LONGEST).contains(&seconds) {
        return Ok(Duration::from_secs_f64(seconds));
    }
    Err(TaskError::new("ValueError", format!("{seconds} is not a number of seconds from 0 to {LONGEST}")))
}
