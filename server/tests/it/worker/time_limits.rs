//! Time limits: the soft one that asks, the hard one that ends, and both changed by remote control.

use super::{PATIENCE, manual, world_at};
use std::time::Duration;
use umbel::bus::Bus;
use umbel::client::Send;
use umbel::protocol::{EventKind, State};
use umbel::task::{Context, TaskError, Tasks};
use umbel::testing::TestRuntime;

const NODE: &str = "umbel@test";

async fn deaf() {
    std::future::pending::<()>().await;
}

async fn listens(context: Context) -> Result<&'static str, TaskError> {
    context.soft_limit_reached().await;
    Ok("tidied up")
}

async fn gives_up(context: Context) -> Result<(), TaskError> {
    Err(context.soft_limit_reached().await)
}

async fn goes_on(context: Context) {
    context.soft_limit_reached().await;
    std::future::pending::<()>().await;
}

fn tasks() -> Tasks {
    let soft = |task: umbel::TaskOptions| task.soft_time_limit(Duration::from_secs(1));
    Tasks::new()
        .task_with("demo.deaf", deaf, soft)
        .task_with("demo.listens", listens, soft)
        .task_with("demo.gives_up", gives_up, soft)
        .task_with("demo.goes_on", goes_on, move |task| soft(task).time_limit(Duration::from_secs(5)))
        .task("demo.plain", deaf)
}

/// What comes of the task while time goes by.
async fn run(name: &str, limits: Option<(Option<f64>, Option<f64>)>) -> (State, String) {
    let (clock, shared) = manual();
    let world = world_at(shared, tasks()).await;
    let mut events = world.runtime.bus.events();
    if let Some((hard, soft)) = limits {
        world.runtime.control.time_limit(NODE, name, hard, soft).await.expect("set");
    }
    let id = world.runtime.client.send(Send::new(name)).await.expect("sent");
    TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskStarted { .. })).await;
    let ended = async {
        loop {
            clock.advance(Duration::from_millis(100));
            if let Some(meta) = world.runtime.client.result(&id).await.expect("read") {
                break meta;
            }
        }
    };
    let meta = tokio::time::timeout(PATIENCE, ended).await.expect("an end in time");
    let text = meta.exception().map_or_else(|| meta.result.get().to_owned(), |error| error.to_string());
    (meta.status, text)
}

fn failure(text: &str) -> (State, String) {
    (State::Failure, text.to_owned())
}

#[tokio::test]
async fn the_soft_limit_ends_a_task_that_does_not_listen() {
    assert_eq!(run("demo.deaf", None).await, failure("SoftTimeLimitExceeded()"));
}

#[tokio::test]
async fn a_task_that_listens_may_tidy_up_or_give_up() {
    assert_eq!(run("demo.listens", None).await, (State::Success, "\"tidied up\"".to_owned()));
    assert_eq!(run("demo.gives_up", None).await, failure("SoftTimeLimitExceeded()"));
}

#[tokio::test]
async fn the_hard_limit_ends_a_task_that_listens_and_goes_on() {
    assert_eq!(run("demo.goes_on", None).await, failure("TimeLimitExceeded(5.0)"));
}

#[tokio::test]
async fn remote_control_sets_and_lifts_both() {
    assert_eq!(run("demo.plain", Some((Some(2.0), None))).await, failure("TimeLimitExceeded(2.0)"));
    assert_eq!(run("demo.plain", Some((None, Some(2.0)))).await, failure("SoftTimeLimitExceeded()"));
    assert_eq!(run("demo.deaf", Some((Some(3.0), None))).await, failure("TimeLimitExceeded(3.0)"));
}
