//! What waits: ETA, countdown, expiry, and revoking before and during a run.

use super::{manual, world, world_at};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use umbel::broker::QueueAdmin;
use umbel::bus::Bus;
use umbel::client::Send;
use umbel::clock::Clock;
use umbel::protocol::{EventKind, State};
use umbel::task::{Context, TaskError, Tasks};
use umbel::testing::TestRuntime;

async fn hello() -> &'static str {
    "hello"
}

#[tokio::test]
async fn a_countdown_is_held_until_it_is_due() {
    let (clock, shared) = manual();
    let world = world_at(shared, Tasks::new().task("demo.hello", hello)).await;
    let mut events = world.runtime.bus.events();
    let send = Send::new("demo.hello").countdown(Duration::from_secs(60));
    let id = world.runtime.client.send(send).await.expect("sent");
    let status = world.runtime.broker.queues().await.expect("queues").remove(0);
    assert_eq!((status.ready, status.held), (0, 1));
    assert!(world.runtime.client.result(&id).await.expect("read").is_none());
    clock.advance(Duration::from_secs(61));
    TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskSucceeded { .. })).await;
    assert_eq!(world.runtime.wait(&id).await.status, State::Success);
}

#[tokio::test]
async fn an_expired_task_does_not_run() {
    let (clock, shared) = manual();
    let world = world_at(shared, Tasks::new().task("demo.hello", hello)).await;
    let expires = clock.now() - chrono::TimeDelta::seconds(1);
    let meta = world.runtime.call(Send::new("demo.hello").expires(expires)).await;
    assert_eq!(meta.status, State::Revoked);
    assert_eq!(meta.exception().expect("a reason").message(), "expired");
}

#[tokio::test]
async fn what_waits_is_revoked_at_once() {
    let world = world(Tasks::new().task("demo.hello", hello)).await;
    let mut events = world.runtime.bus.events();
    let send = Send::new("demo.hello").countdown(Duration::from_secs(3600));
    let id = world.runtime.client.send(send).await.expect("sent");
    let gone = world.runtime.control.revoke(std::slice::from_ref(&id), true).await.expect("revoked");
    assert_eq!(gone, std::slice::from_ref(&id));
    TestRuntime::event(&mut events, |kind| {
        matches!(kind, EventKind::TaskRevoked { terminated: false, expired: false, .. })
    })
    .await;
    let meta = world.runtime.wait(&id).await;
    assert_eq!(meta.status, State::Revoked);
    assert_eq!(meta.exception().expect("a reason").message(), "revoked");
}

#[tokio::test]
async fn what_runs_is_terminated() {
    let started = Arc::new(Notify::new());
    let dropped = Arc::new(Notify::new());
    let tasks = {
        let (started, dropped) = (Arc::clone(&started), Arc::clone(&dropped));
        Tasks::new().task("demo.hang", move |_: Context| {
            let (started, dropped) = (Arc::clone(&started), Arc::clone(&dropped));
            async move {
                let _told = TellWhenDropped(dropped);
                started.notify_one();
                std::future::pending::<()>().await;
                Ok::<_, TaskError>(())
            }
        })
    };
    let world = world(tasks).await;
    let id = world.runtime.client.send(Send::new("demo.hang")).await.expect("sent");
    started.notified().await;
    let gone = world.runtime.control.revoke(std::slice::from_ref(&id), true).await.expect("revoked");
    assert!(gone.is_empty(), "it no longer waits");
    let meta = world.runtime.wait(&id).await;
    assert_eq!(meta.status, State::Revoked);
    assert_eq!(meta.exception().expect("a reason").message(), "terminated");
    dropped.notified().await;
}

struct TellWhenDropped(Arc<Notify>);

impl Drop for TellWhenDropped {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn a_task_may_answer_its_cancellation() {
    async fn polite(context: Context) -> &'static str {
        context.cancelled().await;
        "tidied up"
    }
    let world = world(Tasks::new().task("demo.polite", polite)).await;
    let mut events = world.runtime.bus.events();
    let id = world.runtime.client.send(Send::new("demo.polite")).await.expect("sent");
    TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskStarted { .. })).await;
    world.runtime.control.revoke(std::slice::from_ref(&id), true).await.expect("revoked");
    let meta = world.runtime.wait(&id).await;
    assert!(matches!(meta.status, State::Success | State::Revoked), "{:?}", meta.status);
}

#[tokio::test]
async fn workers_answer_when_asked() {
    use umbel::protocol::control::Request;
    let world = world(Tasks::new().task("demo.hello", hello)).await;
    let mut events = world.runtime.bus.events();
    world.runtime.call(Send::new("demo.hello")).await;
    TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskSucceeded { .. })).await;
    let ask = |method: &str| {
        let request = Request::new(method, serde_json::json!({}));
        let control = world.runtime.control.clone();
        async move { control.ask(request, 1, Duration::from_secs(30)).await.remove(0) }
    };
    let pong = ask("ping").await;
    assert_eq!((pong.node.as_str(), pong.value), ("umbel@test", serde_json::json!({"ok": "pong"})));
    assert_eq!(ask("registered").await.value, serde_json::json!(["demo.hello"]));
    assert_eq!(ask("stats").await.value["total"]["demo.hello"], 1);
    assert_eq!(ask("active").await.value, serde_json::json!([]));
    assert_eq!(ask("no_such").await.value, serde_json::json!({"error": "KeyError('no_such')"}));
}
