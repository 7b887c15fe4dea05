//! Tasks that every worker of Celery's knows.

use crate::results::ResultStore;
use crate::task::{Args, Call, Context, Outcome, Registered, Retry, TaskError, Tasks};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Names that are calls put together and never tasks of their own. Celery registers them, and they fail there as well;
/// `chord_unlock` is for result stores that cannot count a chord's ends.
const NO_TASKS: &[&str] =
    &["celery.chain", "celery.chord", "celery.chord_unlock", "celery.chunks", "celery.group"];

/// The author's tasks and those of every worker. The author's come first: a name of his own choice stays his.
pub(in crate::worker) fn with_builtins(tasks: Tasks, results: &Arc<dyn ResultStore>) -> Tasks {
    // What a map calls are the author's tasks.
    let own = Arc::new(tasks.clone());
    let [map, starmap] = [Each::Item, Each::Arguments].map(|each| {
        let own = Arc::clone(&own);
        move |Args(mapped): Args<Mapped>, context: Context| mapped.run(Arc::clone(&own), each, context)
    });
    let results = Arc::clone(results);
    let cleanup = move || clean_up(Arc::clone(&results));
    let mut all = Tasks::new()
        .task("celery.map", map)
        .task("celery.starmap", starmap)
        .task("celery.accumulate", accumulate)
        .task("celery.backend_cleanup", cleanup);
    for name in NO_TASKS {
        all = all.task(*name, no_task);
    }
    let new: Vec<Arc<Registered>> =
        all.iter().filter(|builtin| own.get(&builtin.name).is_none()).cloned().collect();
    tasks.with_registered(new)
}

/// What a map is called with.
#[derive(serde::Deserialize)]
struct Mapped {
    /// A signature; only the name counts.
    task: Value,
    it: Vec<Value>,
}

/// What each item is to the task that is called.
#[derive(Clone, Copy)]
enum Each {
    Item,
    Arguments,
}

impl Mapped {
    /// Calls the task for each item, one after the other and in this process.
    async fn run(self, tasks: Arc<Tasks>, each: Each, context: Context) -> Outcome {
        let name = self.task["task"].as_str().unwrap_or_default();
        let Some(task) = tasks.get(name) else {
            return TaskError::new("NotRegistered", name.to_owned()).into();
        };
        let mut values: Vec<Box<RawValue>> = Vec::with_capacity(self.it.len());
        for item in self.it {
            let args = match (each, item) {
                (Each::Item, item) => vec![item],
                (Each::Arguments, Value::Array(items)) => items,
                (Each::Arguments, other) => {
                    let sentence = format!("{name}() argument after * must be an iterable, not {other}");
                    return TaskError::new("TypeError", sentence).into();
                }
            };
            match task.run(Call::new(args, Map::new()), context.calling(name)).await {
                Outcome::Success(value) => values.push(value),
                Outcome::Ignore => values.push(RawValue::NULL.to_owned()),
                // The whole is one task, and cannot be retried for one of its items.
                Outcome::Retry(retry) => return no_retry(name, retry),
                other => return other,
            }
        }
        Outcome::success(&values)
    }
}

fn no_retry(name: &str, retry: Retry) -> Outcome {
    let nameless = || TaskError::new("Retry", format!("{name} wants to be retried, inside of a map"));
    retry.into_cause().unwrap_or_else(nameless).into()
}

/// What a task leaves behind that was replaced by a group: the results of the group, or one of them.
async fn accumulate(call: Call) -> Result<Value, TaskError> {
    let Some(index) = call.kwargs.get("index").filter(|index| !index.is_null()) else {
        return Ok(Value::Array(call.args));
    };
    let place = index.as_i64().and_then(|index| match usize::try_from(index) {
        Ok(place) => Some(place),
        // As in Python, negative ones count from the end.
        Err(_) => call.args.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    });
    let found = place.and_then(|place| call.args.get(place)).cloned();
    found.ok_or_else(|| TaskError::new("IndexError", "tuple index out of range"))
}

async fn clean_up(results: Arc<dyn ResultStore>) -> Result<(), TaskError> {
    results.prune().await?;
    Ok(())
}

async fn no_task(_: Call, context: Context) -> Result<(), TaskError> {
    let sentence = format!("{} is not a task: send what it is made of", context.name());
    Err(TaskError::new("NotImplementedError", sentence))
}
