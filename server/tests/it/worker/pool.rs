//! The pool grows and shrinks while tasks run.

use super::gated::Gate;
use super::world_of;
use umbel::client::Send;
use umbel::clock::SystemClock;
use umbel::task::Tasks;

const NODE: &str = "umbel@test";

#[tokio::test]
async fn a_grown_pool_starts_what_waits() {
    let mut gate = Gate::new();
    let world = world_of(SystemClock::shared(), Tasks::new().task("demo.gated", gate.task()), 1).await;
    for _ in 0..2 {
        world.runtime.client.send(Send::new("demo.gated")).await.expect("sent");
    }
    gate.entered().await;
    assert_eq!(world.runtime.worker.running(), 1);
    world.runtime.control.pool_grow(NODE, 1).await.expect("grown");
    gate.entered().await;
    assert_eq!(world.runtime.worker.running(), 2);
}

#[tokio::test]
async fn a_shrunk_pool_lets_running_tasks_finish_and_starts_fewer() {
    let mut gate = Gate::new();
    let world = world_of(SystemClock::shared(), Tasks::new().task("demo.gated", gate.task()), 2).await;
    let send = || async { world.runtime.client.send(Send::new("demo.gated")).await.expect("sent") };
    let (first, second) = (send().await, send().await);
    gate.entered().await;
    gate.entered().await;
    world.runtime.control.pool_shrink(NODE, 1).await.expect("shrunk");
    let third = send().await;
    // One of the two ends, and its slot is gone: the third starts only when the other has ended too.
    gate.let_out(1);
    gate.left().await;
    gate.let_out(1);
    gate.left().await;
    gate.entered().await;
    assert_eq!(gate.counts(), [1, 2, 1], "the third came in alone");
    gate.let_out(1);
    for id in [first, second, third] {
        assert!(world.runtime.wait(&id).await.status.is_ready());
    }
}
