//! The tasks this worker can run, with what their authors and remote control say about them.

use super::refusal::Refusal;
use super::{Act, Arguments, Outcome, Signature, Verb};
use crate::task::Registered;
use crate::worker::Shared;
use serde_json::Value;

pub(super) const VERB: Verb = Verb {
    alias: Some("dump_tasks"),
    signature: Signature {
        name: "registered",
        required: &[],
        optional: &["taskinfoitems", "builtins"],
        open: true,
    },
    act: Act::Now(answer),
};

const DEFAULT_ITEMS: &[&str] = &["exchange", "routing_key", "rate_limit"];
/// Celery's own tasks are told of separately.
const BUILTIN: &str = "celery.";

fn answer(worker: &Shared, arguments: &Arguments<'_>) -> Outcome {
    let builtins = arguments.is_true("builtins");
    let items = items(arguments.get("taskinfoitems"))?;
    let tasks = worker.tasks.iter().filter(|task| task.name.starts_with(BUILTIN) == builtins);
    let mut lines: Vec<String> = tasks.map(|task| line(worker, task, &items)).collect();
    lines.sort();
    Ok(lines.into())
}

fn items(value: &Value) -> Result<Vec<&str>, Refusal> {
    let given: Option<Vec<&str>> = match value {
        Value::Null => Some(Vec::new()),
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        _ => None,
    };
    match given {
        Some(items) if items.is_empty() => Ok(DEFAULT_ITEMS.to_vec()),
        Some(items) => Ok(items),
        None => Err(Refusal::python("TypeError", "taskinfoitems must be a list of strings")),
    }
}

/// `name`, or `name [rate_limit=30/m max_retries=3]`.
fn line(worker: &Shared, task: &Registered, items: &[&str]) -> String {
    let told: Vec<String> = items
        .iter()
        .filter_map(|item| attribute(worker, task, item).map(|value| format!("{item}={value}")))
        .collect();
    match told.as_slice() {
        [] => task.name.clone(),
        told => format!("{} [{}]", task.name, told.join(" ")),
    }
}

/// A task's attribute by Celery's name; what is unset or unknown is left out.
fn attribute(worker: &Shared, task: &Registered, item: &str) -> Option<String> {
    let options = &task.options;
    let word = |value: bool| Some(if value { "True" } else { "False" }.to_owned());
    let times = worker.limits.times(task);
    match item {
        "name" => Some(task.name.clone()),
        "serializer" => Some("json".to_owned()),
        "queue" => options.queue.clone(),
        "priority" => options.priority.map(|priority| priority.to_string()),
        "rate_limit" => worker.limits.rate(&task.name).map(|rate| rate.to_string()),
        "max_retries" => options.max_retries.map(|most| most.to_string()),
        "default_retry_delay" => Some(options.retry_delay.as_secs_f64().to_string()),
        "time_limit" => times.hard.map(|limit| limit.as_secs_f64().to_string()),
        "soft_time_limit" => times.soft.map(|limit| limit.as_secs_f64().to_string()),
        "acks_late" => word(options.acks_late),
        "ignore_result" => word(options.ignore_result),
        "track_started" => word(options.track_started),
        _ => None,
    }
}
