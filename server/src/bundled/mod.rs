//! The tasks the stock binary brings along: small, useful for a first look, and examples of the task API.
//!
//! Each shows one thing: arguments, the raw call, waiting, progress, failure, retries.

mod answers;
mod endings;
mod waiting;

use crate::task::Tasks;
use serde_json::json;

/// `demo.add`, `demo.echo`, `demo.sleep`, `demo.progress`, `demo.fail` and `demo.retry`.
pub fn tasks() -> Tasks {
    Tasks::new()
        .task_with("demo.add", answers::add, |o| {
            o.summary("Adds two numbers.").example(json!({"x": 2, "y": 3}))
        })
        .task_with("demo.echo", answers::echo, |o| {
            o.summary("Returns the arguments it was called with.").example(json!({"greeting": "hello"}))
        })
        .task_with("demo.sleep", waiting::sleep, |o| {
            o.summary("Waits, then returns the seconds it waited.").example(json!({"seconds": 5}))
        })
        .task_with("demo.progress", waiting::progress, |o| {
            o.summary("Reports its progress step by step.").example(json!({"steps": 10, "seconds": 5}))
        })
        .task_with("demo.fail", endings::fail, |o| {
            o.summary("Fails with the message it is given.").example(json!({"message": "as you wished"}))
        })
        .task_with("demo.retry", endings::retry, |o| {
            o.summary("Fails the given number of times, then succeeds.")
                .example(json!({"times": 2, "delay": 1}))
                .max_retries(None)
        })
}

#[cfg(test)]
mod tests;
