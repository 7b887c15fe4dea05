//! Stopping: what runs may finish, what cannot finish is given back, and nothing is lost.

use super::world;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use umbel::client::Send;
use umbel::clock::SystemClock;
use umbel::protocol::State;
use umbel::task::{Context, TaskError, Tasks};
use umbel::testing::TestRuntime;

/// A task that says when it has started and ends when it is told to.
fn gated(started: &Arc<Notify>, go_on: &Arc<Notify>) -> Tasks {
    let (started, go_on) = (Arc::clone(started), Arc::clone(go_on));
    Tasks::new().task("demo.gated", move |_: Context| {
        let (started, go_on) = (Arc::clone(&started), Arc::clone(&go_on));
        async move {
            started.notify_one();
            go_on.notified().await;
            Ok::<_, TaskError>("finished")
        }
    })
}

#[tokio::test]
async fn a_warm_stop_lets_running_tasks_finish() {
    let (started, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let world = world(gated(&started, &go_on)).await;
    let results = Arc::clone(&world.runtime.results);
    let id = world.runtime.client.send(Send::new("demo.gated")).await.expect("sent");
    started.notified().await;
    let stopping = tokio::spawn(world.runtime.stop(Duration::from_secs(60)));
    go_on.notify_one();
    stopping.await.expect("stopped");
    let meta = umbel::results::ResultStore::get(&*results, vec![id]).await.expect("read").remove(0);
    assert_eq!(meta.expect("recorded").status, State::Success);
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_given_back_and_runs_after_a_restart() {
    let (started, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let world = world(gated(&started, &go_on)).await;
    let id = world.runtime.client.send(Send::new("demo.gated")).await.expect("sent");
    started.notified().await;
    world.runtime.stop(Duration::ZERO).await;

    let tasks = gated(&started, &go_on).build().expect("sound tasks");
    let runtime =
        TestRuntime::start(world.folder.path(), SystemClock::shared(), tasks, 4).await.expect("a runtime");
    started.notified().await;
    go_on.notify_one();
    assert_eq!(runtime.wait(&id).await.status, State::Success);
}
