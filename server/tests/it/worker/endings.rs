//! Every way a task can end, as its sender and its observers see it.

use super::{world, world_at};
use serde::Deserialize;
use serde_json::{Value, json};
use umbel::bus::Bus;
use umbel::client::Send;
use umbel::protocol::{EventKind, ResultMeta, State};
use umbel::task::{Args, Context, Outcome, Retry, TaskError, Tasks};
use umbel::testing::TestRuntime;

#[derive(Deserialize)]
struct Pair {
    x: i64,
    y: i64,
}

async fn add(Args(Pair { x, y }): Args<Pair>) -> Result<i64, TaskError> {
    Ok(x + y)
}

fn value(meta: &ResultMeta) -> Value {
    serde_json::from_str(meta.result.get()).expect("JSON")
}

/// State, exception type, module and message of a stored failure.
fn failure(meta: &ResultMeta) -> (State, String, String, String) {
    let error = meta.exception().expect("an exception");
    let message = error.message();
    (meta.status.clone(), error.exc_module, error.exc_type, message)
}

#[tokio::test]
async fn a_value_is_stored_and_told() {
    let world = world(Tasks::new().task("demo.add", add)).await;
    let mut events = world.runtime.bus.events();
    let meta = world.runtime.call(Send::new("demo.add").arg(2).kwarg("y", 40)).await;
    assert_eq!((meta.status.clone(), value(&meta)), (State::Success, json!(42)));
    assert!(meta.date_done.is_some());
    let mut kinds = Vec::new();
    while kinds.last().is_none_or(|kind| kind != "task-succeeded") {
        let of_tasks =
            events.recv().await.expect("told").iter().map(|e| e.kind.type_name()).collect::<Vec<_>>();
        kinds.extend(of_tasks.into_iter().filter(|kind| kind.starts_with("task-")));
    }
    kinds.sort();
    assert_eq!(kinds, ["task-received", "task-sent", "task-started", "task-succeeded"]);
}

#[tokio::test]
async fn an_error_keeps_its_type_message_and_place() {
    async fn parse() -> Result<i64, TaskError> {
        Ok("twelve".parse::<i64>()?)
    }
    let world = world(Tasks::new().task("demo.parse", parse)).await;
    let meta = world.runtime.call(Send::new("demo.parse")).await;
    let (state, _, kind, message) = failure(&meta);
    assert_eq!((state, kind.as_str()), (State::Failure, "ParseIntError"));
    assert_eq!(message, "invalid digit found in string");
    assert!(meta.traceback.expect("a traceback").contains("endings.rs"));
}

#[tokio::test]
async fn wrong_arguments_fail_in_pythons_words() {
    let world = world(Tasks::new().task("demo.add", add)).await;
    let meta = world.runtime.call(Send::new("demo.add").arg(1)).await;
    let (state, module, kind, message) = failure(&meta);
    assert_eq!((state, module.as_str(), kind.as_str()), (State::Failure, "builtins", "TypeError"));
    assert_eq!(message, "demo.add() missing 1 required positional argument: 'y'");
}

#[tokio::test]
async fn an_unknown_task_fails_and_does_not_stay() {
    let world = world(Tasks::new()).await;
    let meta = world.runtime.call(Send::new("demo.nope")).await;
    let (_, module, kind, message) = failure(&meta);
    assert_eq!(
        (module.as_str(), kind.as_str(), message.as_str()),
        ("celery.exceptions", "NotRegistered", "demo.nope")
    );
}

#[tokio::test]
async fn progress_is_stored_and_told_before_the_end() {
    async fn steps(context: Context) -> Result<&'static str, TaskError> {
        for step in 1..=3 {
            context.progress(json!({"current": step, "total": 3})).await?;
        }
        Ok("done")
    }
    let world = world(Tasks::new().task("demo.steps", steps)).await;
    let mut events = world.runtime.bus.events();
    let meta = world.runtime.call(Send::new("demo.steps")).await;
    assert_eq!(meta.status, State::Success);
    let mut seen = Vec::new();
    while seen.last() != Some(&json!("end")) {
        for event in events.recv().await.expect("told").iter() {
            match &event.kind {
                EventKind::TaskCustom { meta, state, .. } => {
                    assert_eq!(*state, State::progress());
                    seen.push(meta["current"].clone());
                }
                EventKind::TaskSucceeded { .. } => seen.push(json!("end")),
                _ => {}
            }
        }
    }
    assert_eq!(seen, [json!(1), json!(2), json!(3), json!("end")]);
}

#[tokio::test]
async fn a_retry_waits_and_runs_again_with_the_same_id() {
    async fn flaky(context: Context) -> Result<u32, TaskError> {
        match context.retries() {
            0 => Err(Retry::new().countdown(0).cause(TaskError::new("ConnectionError", "busy")).into()),
            retries => Ok(retries),
        }
    }
    let world = world(Tasks::new().task("demo.flaky", flaky)).await;
    let mut events = world.runtime.bus.events();
    let meta = world.runtime.call(Send::new("demo.flaky")).await;
    assert_eq!((meta.status.clone(), value(&meta)), (State::Success, json!(1)));
    let retried = TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskRetried { .. })).await;
    let EventKind::TaskRetried { exception, eta, .. } = retried else { unreachable!("just matched") };
    assert_eq!(exception, "ConnectionError('busy')");
    assert!(eta.is_some());
}

#[tokio::test]
async fn when_no_retry_is_left_the_cause_is_the_failure() {
    async fn never() -> Result<(), TaskError> {
        Err(Retry::new().countdown(0).cause(TaskError::new("ConnectionError", "busy")).into())
    }
    async fn silent() -> Outcome {
        Retry::new().countdown(0).into()
    }
    let tasks = Tasks::new().task_with("demo.never", never, |options| options.max_retries(2)).task_with(
        "demo.silent",
        silent,
        |options| options.max_retries(0),
    );
    let world = world(tasks).await;
    let (_, _, kind, message) = failure(&world.runtime.call(Send::new("demo.never")).await);
    assert_eq!((kind.as_str(), message.as_str()), ("ConnectionError", "busy"));
    let (_, module, kind, _) = failure(&world.runtime.call(Send::new("demo.silent")).await);
    assert_eq!((module.as_str(), kind.as_str()), ("celery.exceptions", "MaxRetriesExceededError"));
}

#[tokio::test]
async fn a_time_limit_ends_a_task_that_waits_too_long() {
    async fn forever() -> Result<(), TaskError> {
        std::future::pending().await
    }
    let (clock, shared) = super::manual();
    let limit = std::time::Duration::from_secs(5);
    let world =
        world_at(shared, Tasks::new().task_with("demo.forever", forever, |o| o.time_limit(limit))).await;
    let mut events = world.runtime.bus.events();
    let id = world.runtime.client.send(Send::new("demo.forever")).await.expect("sent");
    TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskStarted { .. })).await;
    while world.runtime.client.result(&id).await.expect("read").is_none() {
        clock.advance(std::time::Duration::from_secs(1));
    }
    let (state, module, kind, message) = failure(&world.runtime.wait(&id).await);
    assert_eq!(
        (state, module.as_str(), kind.as_str()),
        (State::Failure, "billiard.exceptions", "TimeLimitExceeded")
    );
    assert_eq!(message, "5.0");
}

#[tokio::test]
async fn ignored_and_rejected_say_what_celery_says() {
    async fn ignored() -> Outcome {
        Outcome::Ignore
    }
    async fn refused() -> Outcome {
        Outcome::Reject { requeue: false }
    }
    let world = world(Tasks::new().task("demo.ignored", ignored).task("demo.refused", refused)).await;
    let mut events = world.runtime.bus.events();
    let id = world.runtime.client.send(Send::new("demo.ignored")).await.expect("sent");
    TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskSucceeded { .. })).await;
    assert!(world.runtime.client.result(&id).await.expect("read").is_none());
    let (state, _, kind, _) = failure(&world.runtime.call(Send::new("demo.refused")).await);
    assert_eq!((state, kind.as_str()), (State::Failure, "Reject"));
}
