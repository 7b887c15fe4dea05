//! Tasks and messages that mean harm, or are merely broken: each ends in a clear failure, and the worker goes on.

use super::world;
use bytes::Bytes;
use std::time::Duration;
use umbel::broker::Broker;
use umbel::bus::Bus;
use umbel::client::Send;
use umbel::protocol::{EventKind, Headers, Message, ResultMeta, State, TaskId};
use umbel::task::{Call, TaskError, Tasks};
use umbel::testing::TestRuntime;

async fn count(call: Call) -> Result<usize, TaskError> {
    Ok(call.args.len() + call.args.iter().filter_map(|arg| arg.as_str()).map(str::len).sum::<usize>())
}

async fn raw(runtime: &TestRuntime, body: Vec<u8>) -> ResultMeta {
    let id = TaskId::generate();
    let headers = Headers::new(id.clone(), "demo.count");
    let message = Message { headers, body: Bytes::from(body), queue: "celery".to_owned(), priority: 0 };
    runtime.broker.publish(vec![message]).await.expect("published");
    runtime.wait(&id).await
}

fn kind(meta: &ResultMeta) -> (State, String) {
    (meta.status.clone(), meta.exception().map_or_else(String::new, |error| error.exc_type))
}

#[tokio::test]
async fn bodies_that_cannot_be_read_fail_with_a_reason() {
    let world = world(Tasks::new().task("demo.count", count)).await;
    let deep = format!("[[{}{}],{{}},null]", "[".repeat(1000), "]".repeat(1000));
    for body in [b"\xff\xfe\x00".to_vec(), b"{}".to_vec(), b"[[],{}".to_vec(), Vec::new(), deep.into_bytes()]
    {
        assert_eq!(kind(&raw(&world.runtime, body).await), (State::Failure, "DecodeError".to_owned()));
    }
    let after = world.runtime.call(Send::new("demo.count").arg(1)).await;
    assert_eq!(after.status, State::Success, "the worker goes on");
}

#[tokio::test]
async fn ten_megabytes_of_arguments_are_just_arguments() {
    let world = world(Tasks::new().task("demo.count", count)).await;
    let mut events = world.runtime.bus.events();
    let big = "x".repeat(10 << 20);
    let meta = world.runtime.call(Send::new("demo.count").arg(&big)).await;
    assert_eq!(meta.result.get(), (1 + big.len()).to_string());
    let received = TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskReceived(_))).await;
    let EventKind::TaskReceived(info) = received else { unreachable!("just matched") };
    assert!(info.args.len() < 2048 && info.body.is_none(), "events stay small");
    assert!(info.body_size.is_some_and(|size| size > 10 << 20));
}

#[tokio::test]
async fn markup_is_just_a_name() {
    let name = "<img src=x onerror=alert(1)>";
    let world = world(Tasks::new().task("demo.count", count)).await;
    let meta = world.runtime.call(Send::new(name)).await;
    assert_eq!(kind(&meta), (State::Failure, "NotRegistered".to_owned()));
    assert_eq!(meta.exception().expect("a reason").message(), name);
}

#[tokio::test]
async fn a_panic_is_a_failure() {
    async fn panics() -> Result<(), TaskError> {
        panic!("the sky is falling")
    }
    let world = world(Tasks::new().task("demo.panics", panics)).await;
    let meta = world.runtime.call(Send::new("demo.panics")).await;
    assert_eq!(meta.status, State::Failure);
    assert!(meta.exception().expect("a reason").message().contains("the sky is falling"));
}

/// Blocks its thread until the flag is set: what an endless loop is to a runtime, but a test can end it.
fn blocking(release: &'static std::sync::Barrier) -> Tasks {
    Tasks::new().task("demo.count", count).task_with(
        "demo.blocks",
        move || async move {
            release.wait();
            Ok::<_, TaskError>(())
        },
        |options| options.time_limit(Duration::from_millis(1)),
    )
}

#[tokio::test]
async fn tasks_that_block_every_thread_harm_nobody_else() {
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    // As many as there are threads, and one more; the barrier needs the test itself to open.
    let release: &'static std::sync::Barrier = Box::leak(Box::new(std::sync::Barrier::new(threads + 1)));
    let world = world(blocking(release)).await;
    let mut ids = Vec::new();
    for _ in 0..threads {
        ids.push(world.runtime.client.send(Send::new("demo.blocks")).await.expect("sent"));
    }
    for id in &ids {
        assert_eq!(kind(&world.runtime.wait(id).await), (State::Failure, "TimeLimitExceeded".to_owned()));
    }
    let after = world.runtime.call(Send::new("demo.count").arg(1)).await;
    assert_eq!(after.status, State::Success, "fresh threads have taken over");
    release.wait();
}
