//! A worker beside Python: it registers the tasks of a Celery project under the names its producers call. To them it
//! is one more worker of theirs.
//!
//! ```text
//! CELERY_BROKER_URL=redis://127.0.0.1:6379/0 cargo run --example interop
//! ```
//!
//! The suite in `end2end/interop` proves with it that Umbel and Celery understand each other. Its Python half is
//! `end2end/interop/proj/tasks.py`.

use serde::Deserialize;
use serde_json::{Value, json};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use umbel::client::{Client, Send};
use umbel::{Args, Call, Context, Outcome, Retry, TaskError, Tasks};

/// How often a task that waits for a file looks for it.
const STEP: Duration = Duration::from_millis(10);

// Arguments, bound as Python binds them.

/// A number as it came: a whole one stays whole.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Whole(i64),
    Real(f64),
}

#[derive(Deserialize)]
struct Two {
    x: Number,
    y: Number,
}

async fn add(Args(Two { x, y }): Args<Two>) -> Result<Value, TaskError> {
    match (x, y) {
        (Number::Whole(x), Number::Whole(y)) => {
            let sum = x.checked_add(y);
            sum.map(Value::from)
                .ok_or_else(|| TaskError::new("OverflowError", format!("{x} + {y} is too much")))
        }
        (x, y) => Ok(json!(x.real() + y.real())),
    }
}

impl Number {
    fn real(&self) -> f64 {
        match self {
            Self::Whole(number) => *number as f64,
            Self::Real(number) => *number,
        }
    }
}

async fn total(Args((numbers,)): Args<(Vec<i64>,)>) -> i64 {
    numbers.iter().sum()
}

/// `Call` takes whatever comes.
async fn echo(call: Call) -> Value {
    json!([call.args, call.kwargs])
}

async fn nothing() {}

async fn big(Args((size,)): Args<(usize,)>) -> String {
    "x".repeat(size)
}

// Endings other than a value.

#[derive(Deserialize)]
struct Fail {
    #[serde(default = "boom")]
    message: String,
}

fn boom() -> String {
    "boom".to_owned()
}

async fn fail(Args(Fail { message }): Args<Fail>) -> Result<(), TaskError> {
    Err(TaskError::new("ValueError", message))
}

async fn fail_key() -> Result<(), TaskError> {
    Err(TaskError::new("KeyError", "missing"))
}

#[derive(Deserialize)]
struct Again {
    times: u32,
    #[serde(default)]
    countdown: f64,
}

async fn retry(context: Context, Args(Again { times, countdown }): Args<Again>) -> Result<u32, TaskError> {
    match context.retries() {
        retries if retries < times => {
            Err(Retry::new().countdown(countdown).cause(TaskError::new("ConnectionError", "not yet")).into())
        }
        retries => Ok(retries),
    }
}

async fn give_up() -> Retry {
    Retry::new().countdown(0).cause(TaskError::new("ConnectionError", "never"))
}

async fn ignored() -> Outcome {
    Outcome::Ignore
}

async fn rejected() -> Outcome {
    Outcome::Reject { requeue: false }
}

async fn on_error(Args((task_id,)): Args<(String,)>) -> String {
    format!("{task_id} failed")
}

// The world outside.

#[derive(Deserialize)]
struct Note {
    path: PathBuf,
    line: String,
    #[serde(default)]
    seconds: f64,
}

/// One write for the whole line, so that nobody's line is torn.
async fn note(Args(Note { path, line, seconds }): Args<Note>) -> Result<(), TaskError> {
    tokio::time::sleep(Duration::try_from_secs_f64(seconds)?).await;
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(format!("{line}\n").as_bytes())?;
    Ok(())
}

/// Runs until somebody makes the file.
async fn hold(Args((path,)): Args<(PathBuf,)>) -> &'static str {
    appeared(&path).await;
    "released"
}

async fn appeared(path: &Path) {
    while !path.exists() {
        tokio::time::sleep(STEP).await;
    }
}

// What a task knows of itself, and whom it can reach.

async fn progress(context: Context, Args((path,)): Args<(PathBuf,)>) -> Result<&'static str, TaskError> {
    context.progress(json!({"current": 1, "total": 2})).await?;
    appeared(&path).await;
    Ok("released")
}

async fn about(context: Context) -> Value {
    let headers = context.headers();
    json!({
        "id": context.id(),
        "root_id": context.root_id(),
        "parent_id": context.parent_id(),
        "group": headers.group,
        "group_index": headers.group_index,
        "retries": context.retries(),
        "stamps": headers.stamps,
        "x-trace": headers.extra.get("x-trace"),
        "queue": context.queue(),
    })
}

async fn spawn(client: Client) -> Result<Vec<String>, TaskError> {
    let one = client.send(Send::new("proj.add").arg(1).arg(1)).await?;
    let two = client.send(Send::new("proj.add").arg(2).arg(2)).await?;
    Ok(vec![one.to_string(), two.to_string()])
}

fn tasks() -> Tasks {
    Tasks::new()
        .task("proj.about", about)
        .task("proj.add", add)
        .task("proj.big", big)
        .task("proj.echo", echo)
        .task("proj.fail", fail)
        .task("proj.fail_key", fail_key)
        .task_with("proj.give_up", give_up, |task| task.max_retries(1))
        .task("proj.hold", hold)
        .task("proj.ignored", ignored)
        .task("proj.note", note)
        .task_with("proj.note_only", note, |task| task.ignore_result(true))
        .task("proj.nothing", nothing)
        .task("proj.on_error", on_error)
        .task("proj.progress", progress)
        .task("proj.rejected", rejected)
        .task_with("proj.retry", retry, |task| task.max_retries(None))
        .task("proj.spawn", spawn)
        .task("proj.total", total)
}

fn main() -> ExitCode {
    umbel::main(tasks)
}
