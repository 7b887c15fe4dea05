//! A worker can be told to keep quiet about its tasks.

use super::{PATIENCE, world};
use umbel::bus::Bus;
use umbel::client::Send;
use umbel::protocol::EventKind;
use umbel::task::Tasks;
use umbel::testing::TestRuntime;

const NODE: &str = "umbel@test";

#[tokio::test]
async fn quiet_about_tasks_until_told_otherwise() {
    let world = world(Tasks::new().task("demo.hello", async || "hello")).await;
    let runtime = &world.runtime;
    runtime.control.disable_events(NODE).await.expect("quiet");
    let mut events = runtime.bus.events();
    let quiet = runtime.client.send(Send::new("demo.hello")).await.expect("sent");
    runtime.wait(&quiet).await;
    // Its end would be told after its result is stored.
    while runtime.worker.running() > 0 {
        tokio::task::yield_now().await;
    }
    runtime.control.enable_events(NODE).await.expect("telling");
    let told = runtime.client.send(Send::new("demo.hello")).await.expect("sent");
    runtime.wait(&told).await;
    // All that was said until the second task's end, but for its sender's word.
    let mut heard = Vec::new();
    let listen = async {
        loop {
            let batch = events.recv().await.expect("the bus is open");
            for event in batch.iter().filter(|event| !matches!(event.kind, EventKind::TaskSent(_))) {
                heard.extend(event.kind.task_id().cloned());
                if matches!(event.kind, EventKind::TaskSucceeded { .. }) {
                    return;
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, listen).await.expect("told in time");
    assert!(!heard.contains(&quiet), "{heard:?}");
    assert_eq!(heard, [told.clone(), told.clone(), told], "received, started, succeeded");
}

#[tokio::test]
async fn a_quiet_worker_still_tells_of_itself() {
    let world = world(Tasks::new()).await;
    world.runtime.control.disable_events(NODE).await.expect("quiet");
    let mut events = world.runtime.bus.events();
    TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::WorkerHeartbeat(_))).await;
}
