//! What a worker says of itself, ours or Python's, read out of its answers. They come from outside: whatever is not
//! shaped as expected is left out, and every list and text is bounded.

use super::{call, result};
use crate::protocol::{repr, time};
use app::view::{ConsumedQueue, HeldTask, Inspection, KnownTask};
use serde_json::{Map, Value};

/// The longest list kept.
const LIST: usize = 1_000;
/// The longest name, in bytes.
const NAME: usize = 255;
/// Settings larger than this are not shown.
const LARGEST_CONF: usize = 64 * 1024;

/// The answers, each where it came in time.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    pub(crate) stats: Option<Value>,
    pub(crate) queues: Option<Value>,
    pub(crate) registered: Option<Value>,
    pub(crate) active: Option<Value>,
    pub(crate) reserved: Option<Value>,
    pub(crate) scheduled: Option<Value>,
    pub(crate) conf: Option<Value>,
}

pub(crate) fn inspection(answers: Answers) -> Inspection {
    let Answers { stats, queues, registered, active, reserved, scheduled, conf } = answers;
    let answered = [&stats, &queues, &registered, &active, &reserved, &scheduled, &conf];
    let answered = answered.into_iter().any(Option::is_some);
    let stats = stats.unwrap_or_default();
    let processes = stats["pool"]["processes"].as_array();
    Inspection {
        answered,
        pool: pool(&stats),
        concurrency: concurrency(&stats),
        processes: processes.into_iter().flatten().filter_map(Value::as_u64).take(LIST).collect(),
        prefetch: stats["prefetch_count"].as_u64(),
        uptime: stats["uptime"].as_f64(),
        queues: queues.map(|value| consumed(&value)),
        registered: registered.map(|value| tasks(&value)),
        active: active.map(|value| held(&value)),
        reserved: reserved.map(|value| held(&value)),
        scheduled: scheduled.map(|value| held(&value)),
        conf: conf.filter(|conf| {
            conf.as_object().is_some_and(|conf| !conf.contains_key("error") && !conf.is_empty())
                && conf.to_string().len() <= LARGEST_CONF
        }),
    }
}

fn pool(stats: &Value) -> Option<String> {
    text(&stats["pool"]["implementation"])
}

fn concurrency(stats: &Value) -> Option<u32> {
    stats["pool"]["max-concurrency"].as_u64().and_then(|count| u32::try_from(count).ok())
}

/// The queues a worker takes from.
fn consumed(value: &Value) -> Vec<ConsumedQueue> {
    list(value).filter_map(queue).collect()
}

fn queue(queue: &Value) -> Option<ConsumedQueue> {
    let name = text(&queue["name"])?;
    let other = |value: &Value| text(value).filter(|word| !word.is_empty() && *word != name);
    let (exchange, key) = (other(&queue["exchange"]["name"]), other(&queue["routing_key"]));
    let route = match (exchange, key) {
        (None, None) => None,
        (Some(exchange), None) => Some(format!("exchange {exchange}")),
        (None, Some(key)) => Some(format!("key {key}")),
        (Some(exchange), Some(key)) => Some(format!("exchange {exchange}, key {key}")),
    };
    Some(ConsumedQueue { name, route })
}

/// `"name"` or `"name [rate_limit=10/m time_limit=30]"`.
fn tasks(value: &Value) -> Vec<KnownTask> {
    let mut tasks: Vec<KnownTask> = list(value).filter_map(text).map(|line| task(&line)).collect();
    tasks.sort_by(|one, other| one.name.cmp(&other.name));
    tasks
}

fn task(line: &str) -> KnownTask {
    match line.strip_suffix(']').and_then(|line| line.split_once(" [")) {
        Some((name, limits)) => KnownTask { name: name.to_owned(), limits: Some(limits.to_owned()) },
        None => KnownTask { name: line.to_owned(), limits: None },
    }
}

/// Messages in hand. What waits for its moment is wrapped once more, with that moment.
fn held(value: &Value) -> Vec<HeldTask> {
    let one = |entry: &Value| {
        let request = entry.get("request").unwrap_or(entry);
        let moment = |text: &str| time::parse(text).map(|at| at.timestamp_millis());
        Some(HeldTask {
            id: text(&request["id"])?,
            name: text(&request["name"]).unwrap_or_default(),
            call: call_line(&request["args"], &request["kwargs"]),
            started_at: request["time_start"].as_f64().map(|seconds| (seconds * 1_000.0) as i64),
            until: entry["eta"].as_str().and_then(moment),
        })
    };
    list(value).filter_map(one).collect()
}

/// Arguments come as JSON, or as text where the worker was asked to be careful.
fn call_line(args: &Value, kwargs: &Value) -> String {
    let args = match args {
        Value::Array(args) => Some(repr::args_repr(args)),
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    let kwargs = match kwargs {
        Value::Object(kwargs) => Some(repr::kwargs_repr(kwargs)),
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    call::line(args.as_deref(), kwargs.as_deref())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten().take(LIST)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(|text| result::cut(text, NAME).to_owned())
}

/// An answer that is a refusal is no answer to what was asked.
pub(crate) fn told(value: Value) -> Option<Value> {
    let is_refusal = |map: &Map<String, Value>| map.len() == 1 && map.contains_key("error");
    (!value.as_object().is_some_and(is_refusal)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_prefork_worker_of_celerys_is_understood() {
        let said = inspection(Answers {
            stats: Some(
                json!({"pool": {"implementation": "celery.concurrency.prefork:TaskPool", "max-concurrency": 2,
                "processes": [6561, 6562], "timeouts": [0, 0]}, "prefetch_count": 9, "uptime": 20}),
            ),
            queues: Some(json!([
                {"name": "celery", "exchange": {"name": "celery", "type": "direct"}, "routing_key": "celery"},
                {"name": "net", "exchange": {"name": "topics", "type": "topic"}, "routing_key": "net.#"},
            ])),
            registered: Some(json!(["proj.sleep", "proj.add [rate_limit=30/m time_limit=5]"])),
            active: Some(
                json!([{"id": "1", "name": "proj.add", "args": [1], "kwargs": {"k": "x"}, "time_start": 1.5}]),
            ),
            scheduled: Some(json!([{"eta": "2026-11-20T08:00:00+00:00", "priority": 6,
                "request": {"id": "2", "name": "proj.add", "args": "(2,)", "kwargs": "{}", "time_start": null}}])),
            ..Answers::default()
        });
        assert_eq!((said.answered, said.concurrency, said.prefetch), (true, Some(2), Some(9)));
        assert_eq!(said.processes, [6561, 6562]);
        let queues = said.queues.expect("told");
        assert_eq!(
            (queues[0].route.as_deref(), queues[1].route.as_deref()),
            (None, Some("exchange topics, key net.#"))
        );
        let tasks = said.registered.expect("told");
        assert_eq!(
            (tasks[0].name.as_str(), tasks[0].limits.as_deref()),
            ("proj.add", Some("rate_limit=30/m time_limit=5"))
        );
        assert_eq!(said.active.expect("told")[0].call, "(1, k='x')");
        let held = said.scheduled.expect("told");
        assert_eq!((held[0].call.as_str(), held[0].until), ("(2,)", Some(1_795_161_600_000)));
        assert_eq!((said.reserved, said.conf), (None, None));
    }

    #[test]
    fn answers_of_any_other_shape_are_left_out() {
        let odd = || Some(json!({"error": "KeyError('x')"}));
        let said = inspection(Answers {
            stats: odd(),
            queues: odd(),
            registered: odd(),
            conf: odd(),
            ..Answers::default()
        });
        assert_eq!(
            (said.pool, said.queues, said.registered, said.conf),
            (None, Some(vec![]), Some(vec![]), None)
        );
        assert_eq!(told(json!({"error": "KeyError('x')"})), None);
        assert_eq!(inspection(Answers::default()), Inspection::default());
    }
}
