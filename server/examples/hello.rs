//! The smallest worker: one task, registered under a name.
//!
//! Run it, open the dashboard on <http://localhost:5555>, and send `hello.greet` with the form:
//!
//! ```text
//! cargo run --example hello
//! ```

use serde::Deserialize;
use std::process::ExitCode;
use umbel::{Args, TaskError, Tasks};

/// The parameters: `def greet(name, greeting="Hello")`.
#[derive(Deserialize)]
struct Greet {
    name: String,
    #[serde(default = "hello")]
    greeting: String,
}

fn hello() -> String {
    "Hello".to_owned()
}

async fn greet(Args(Greet { name, greeting }): Args<Greet>) -> Result<String, TaskError> {
    if name.is_empty() {
        return Err(TaskError::new("ValueError", "nobody to greet"));
    }
    Ok(format!("{greeting}, {name}!"))
}

fn tasks() -> Tasks {
    Tasks::new().task_with("hello.greet", greet, |options| {
        options.summary("Greets somebody.").example(serde_json::json!({"name": "world"}))
    })
}

fn main() -> ExitCode {
    umbel::main(tasks)
}
