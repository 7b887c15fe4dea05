//! What follows a task: callbacks, chains, groups, chords, errbacks, maps.

mod chains;
mod chords;
mod maps;
mod recorded;

use super::{World, world};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use umbel::broker::Broker;
use umbel::client::Client;
use umbel::protocol::{Body, Headers, Message, ResultMeta, Signature, TaskId};
use umbel::task::{Call, Context, TaskError, Tasks};

/// Every task that ran, as it was called.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<(Headers, Body)>>>);

impl Log {
    fn calls(&self) -> Vec<(Headers, Body)> {
        self.0.lock().expect("nobody panics while holding this lock").clone()
    }

    /// How often each task was called, by name.
    fn count(&self, task: &str) -> usize {
        self.calls().iter().filter(|(headers, _)| headers.task == task).count()
    }

    fn note(&self, call: &Call, context: &Context) {
        let body = Body { embed: call.embed.clone(), ..Body::new(call.args.clone(), call.kwargs.clone()) };
        let mut calls = self.0.lock().expect("nobody panics while holding this lock");
        calls.push((context.headers().clone(), body));
    }

    /// A task that is noted before it does its work.
    fn task(
        &self,
        tasks: Tasks,
        name: &str,
        work: impl Fn(Vec<Value>, Call) -> Result<Value, TaskError> + Clone + Send + Sync + 'static,
    ) -> Tasks {
        let log = self.clone();
        tasks.task(name, move |call: Call, context: Context| {
            log.note(&call, &context);
            std::future::ready(work(call.args.clone(), call))
        })
    }
}

/// The tasks with which Celery was recorded.
fn project() -> (Tasks, Log) {
    let log = Log::default();
    let int = |value: &Value| {
        value.as_i64().ok_or_else(|| TaskError::new("TypeError", format!("not a number: {value}")))
    };
    let mut tasks = Tasks::new();
    tasks = log.task(tasks, "proj.add", move |args, _| Ok(json!(int(&args[0])? + int(&args[1])?)));
    tasks = log.task(tasks, "proj.tsum", move |args, _| {
        let numbers = args[0].as_array().cloned().unwrap_or_default();
        Ok(json!(numbers.iter().map(int).sum::<Result<i64, _>>()?))
    });
    tasks = log.task(tasks, "proj.echo", |_, call| Ok(json!([call.args, call.kwargs])));
    tasks = log.task(tasks, "proj.boom", |_, _| Err(TaskError::new("ValueError", "boom")));
    tasks = log.task(tasks, "proj.on_error_old", |args, _| Ok(json!(["errback old style", args[0]])));
    let spawning = log.clone();
    let spawn = move |call: Call, context: Context, client: Client| {
        spawning.note(&call, &context);
        async move {
            for number in [1, 2] {
                client.send(umbel::client::Send::new("proj.add").arg(number).arg(number)).await?;
            }
            Ok::<_, umbel::client::SendError>("spawned")
        }
    };
    (tasks.task("proj.spawn", spawn), log)
}

/// A world with those tasks.
async fn project_world() -> (World, Log) {
    let (tasks, log) = project();
    (world(tasks).await, log)
}

/// A signature by its task, arguments and options.
fn sig(task: &str, args: Value, options: Value) -> Value {
    json!({"task": task, "args": args, "kwargs": {}, "options": options, "subtask_type": null, "immutable": false})
}

/// A message as a producer sends it: a call with what follows it.
fn message(task: &str, args: Value, options: Value) -> Message {
    let signature = Signature::parse(sig(task, args, options)).expect("a signature");
    let call = umbel::protocol::signature::Call {
        id: TaskId::generate(),
        now: chrono::Utc::now(),
        origin: "gen1@test",
        queue: "celery",
        parent: None,
    };
    signature.into_message(call).expect("a call")
}

async fn publish(world: &World, messages: Vec<Message>) {
    world.runtime.broker.publish(messages).await.expect("published");
}

async fn result(world: &World, id: &str) -> ResultMeta {
    world.runtime.wait(&TaskId::from(id)).await
}

async fn value(world: &World, id: &str) -> Value {
    let meta = result(world, id).await;
    serde_json::from_str(meta.result.get()).expect("JSON")
}
