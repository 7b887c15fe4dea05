//! The set of queues changes while the worker runs.

use super::world;
use umbel::broker::QueueAdmin;
use umbel::client::Send;
use umbel::protocol::State;
use umbel::task::Tasks;
use umbel::testing::TestRuntime;

const NODE: &str = "umbel@test";

fn tasks() -> Tasks {
    Tasks::new().task("demo.hello", async || "hello")
}

async fn ready(runtime: &TestRuntime, name: &str) -> u64 {
    let queues = runtime.broker.queues().await.expect("queues");
    queues.iter().find(|queue| queue.name == name).map_or(0, |queue| queue.ready)
}

#[tokio::test]
async fn a_queue_is_served_from_the_moment_it_is_added() {
    let world = world(tasks()).await;
    let runtime = &world.runtime;
    let early = runtime.client.send(Send::new("demo.hello").queue("video")).await.expect("sent");
    runtime.call(Send::new("demo.hello")).await;
    assert_eq!(ready(runtime, "video").await, 1, "nobody serves it yet");
    runtime.control.add_consumer(NODE, "video").await.expect("added");
    assert_eq!(runtime.wait(&early).await.status, State::Success);
    assert_eq!(runtime.call(Send::new("demo.hello").queue("video")).await.status, State::Success);
}

#[tokio::test]
async fn a_cancelled_queue_is_left_alone() {
    let world = world(tasks()).await;
    let runtime = &world.runtime;
    runtime.control.add_consumer(NODE, "video").await.expect("added");
    runtime.control.cancel_consumer(NODE, "celery").await.expect("cancelled");
    runtime.client.send(Send::new("demo.hello")).await.expect("sent");
    runtime.call(Send::new("demo.hello").queue("video")).await;
    assert_eq!(ready(runtime, "celery").await, 1);
}

#[tokio::test]
async fn the_last_queue_may_go_and_come_back() {
    let world = world(tasks()).await;
    let runtime = &world.runtime;
    runtime.control.cancel_consumer(NODE, "celery").await.expect("cancelled");
    let id = runtime.client.send(Send::new("demo.hello")).await.expect("sent");
    let queues = runtime.control.inspect(Some(NODE), "active_queues", serde_json::json!({}), super::PATIENCE);
    assert_eq!(queues.await[0].value, serde_json::json!([]));
    assert_eq!(ready(runtime, "celery").await, 1);
    runtime.control.add_consumer(NODE, "celery").await.expect("added");
    assert_eq!(runtime.wait(&id).await.status, State::Success);
}
