//! How an author's function becomes a task.

mod arguments;
mod binding;
mod context;
mod handlers;
mod hostile;
mod rate;
mod registration;
mod retry;

use serde_json::{Map, Value};
use umbel::task::{Call, Handler, Outcome, TaskOptions, Tasks, testing};

/// A call with these JSON arguments.
fn call(args: Value, kwargs: Value) -> Call {
    let args: Vec<Value> = serde_json::from_value(args).expect("a list");
    let kwargs: Map<String, Value> = serde_json::from_value(kwargs).expect("an object");
    Call::new(args, kwargs)
}

/// Runs a handler once, as `demo.add`.
fn run<M: 'static>(handler: impl Handler<M>, call: Call) -> Outcome {
    let tasks = Tasks::new().task("demo.add", handler).build().expect("a sound task");
    let registered = tasks.get("demo.add").expect("just registered");
    block_on(registered.run(call, testing::context("demo.add")))
}

/// What it returned as JSON text, or its error's words.
fn told(outcome: Outcome) -> String {
    match outcome {
        Outcome::Success(json) => json.get().to_owned(),
        Outcome::Failure(error) => error.to_string(),
        other => format!("{other:?}"),
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(future)
}

/// Options with nothing said.
fn options() -> TaskOptions {
    TaskOptions::default()
}
