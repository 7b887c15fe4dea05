//! How often a task may start on this worker, and how long it may run.

use super::refusal::{Refusal, quoted};
use super::{Act, Arguments, Outcome, Signature, Verb, ok};
use crate::task::Rate;
use crate::worker::Shared;
use crate::worker::limits::TimeLimits;
use serde_json::Value;
use std::time::Duration;

pub(super) const RATE: Verb = Verb {
    alias: None,
    signature: Signature {
        name: "rate_limit",
        required: &["task_name", "rate_limit"],
        optional: &[],
        open: true,
    },
    act: Act::Now(rate_limit),
};

pub(super) const TIME: Verb = Verb {
    alias: None,
    signature: Signature {
        name: "time_limit",
        required: &[],
        optional: &["task_name", "hard", "soft"],
        open: true,
    },
    act: Act::Now(time_limit),
};

fn rate_limit(worker: &Shared, arguments: &Arguments<'_>) -> Outcome {
    let value = arguments.get("rate_limit");
    // Celery reads the rate before it looks for the task.
    let rate = Rate::from_json(value).map_err(|_| why_no_rate(value))?;
    let task = known_task(worker, arguments)?;
    worker.limits.set_rate(task, rate);
    match rate {
        Some(rate) => {
            tracing::info!(task.name = task, rate = %rate, "new rate limit");
            ok("new rate limit set successfully")
        }
        None => {
            tracing::info!(task.name = task, "rate limit disabled");
            ok("rate limit disabled successfully")
        }
    }
}

/// What Python says when it reads such a rate: a wrong unit is looked up in vain, a wrong number is not a number.
fn why_no_rate(value: &Value) -> Refusal {
    let Some(text) = value.as_str() else {
        return Refusal::python("TypeError", &format!("{value} is not a rate"));
    };
    let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
    if !["s", "m", "h", ""].contains(&unit) {
        return Refusal::python("KeyError", unit);
    }
    let cause =
        Refusal::python("ValueError", &format!("could not convert string to float: {}", quoted(number)));
    Refusal::plain(&format!("Invalid rate limit string: {cause}"))
}

fn time_limit(worker: &Shared, arguments: &Arguments<'_>) -> Outcome {
    let task = known_task(worker, arguments)?;
    let times = TimeLimits { hard: seconds(arguments, "hard")?, soft: seconds(arguments, "soft")? };
    worker.limits.set_times(task, times);
    tracing::info!(task.name = task, hard = ?times.hard, soft = ?times.soft, "new time limits");
    ok("time limits set successfully")
}

fn known_task<'a>(worker: &Shared, arguments: &'a Arguments<'_>) -> Result<&'a str, Refusal> {
    let name = arguments.optional_text("task_name")?.unwrap_or_default();
    worker.tasks.get(name).map(|_| name).ok_or_else(|| Refusal::plain("unknown task"))
}

/// Null and zero lift a limit. Numbers may be text, because the command line hands on what was typed.
fn seconds(arguments: &Arguments<'_>, name: &str) -> Result<Option<Duration>, Refusal> {
    let value = arguments.get(name);
    let seconds = match value {
        Value::Null => Some(0.0),
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    let length = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let length = length
        .ok_or_else(|| Refusal::python("ValueError", &format!("{name} must be seconds, not {value}")))?;
    Ok((!length.is_zero()).then_some(length))
}
