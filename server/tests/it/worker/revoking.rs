//! Revoking as others on the bus do it: by a request, with no hand on the broker.

use super::gated::Gate;
use super::{PATIENCE, World, manual, world, world_at};
use serde_json::{Value, json};
use std::time::Duration;
use umbel::broker::Broker;
use umbel::bus::Bus;
use umbel::client::Send;
use umbel::protocol::{Body, EventKind, Headers, Message, ResultMeta, State, TaskId};
use umbel::task::{Context, Tasks};
use umbel::testing::TestRuntime;

const NODE: &str = "umbel@test";

async fn ask(world: &World, method: &str, arguments: Value) -> Value {
    let replies = world.runtime.control.inspect(Some(NODE), method, arguments, PATIENCE).await;
    replies.into_iter().next().expect("an answer").value
}

async fn stored(world: &World, id: &TaskId) -> Option<ResultMeta> {
    world.runtime.client.result(id).await.expect("read")
}

async fn hang(context: Context) {
    context.cancelled().await;
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn what_nobody_has_begun_is_recorded_at_once() {
    let (clock, shared) = manual();
    let world = world_at(shared, Tasks::new().task("demo.hello", async || "hello")).await;
    let later = Send::new("demo.hello").countdown(Duration::from_secs(60));
    let id = world.runtime.client.send(later).await.expect("sent");
    ask(&world, "revoke", json!({"task_id": [id, "rev-1"]})).await;
    for id in [&id, &TaskId::from("rev-1")] {
        let meta = stored(&world, id).await.expect("recorded");
        assert_eq!(meta.status, State::Revoked);
        assert_eq!(meta.exception().expect("a reason").to_string(), "TaskRevokedError('revoked')");
        assert!(meta.date_done.is_some() && meta.children.is_none() && meta.traceback.is_none());
    }
    let mut events = world.runtime.bus.events();
    clock.advance(Duration::from_secs(61));
    let revoked = TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskRevoked { .. })).await;
    assert_eq!(revoked.task_id(), Some(&id), "its message was dropped when it came up");
}

#[tokio::test]
async fn what_runs_and_what_has_ended_keeps_its_state() {
    let mut gate = Gate::new();
    let tasks = Tasks::new().task("demo.gated", gate.task()).task("demo.hello", async || "hello");
    let world = world(tasks).await;
    let done = world.runtime.call(Send::new("demo.hello")).await.task_id;
    let running = world.runtime.client.send(Send::new("demo.gated")).await.expect("sent");
    gate.entered().await;
    ask(&world, "revoke", json!({"task_id": [done, running]})).await;
    assert_eq!(stored(&world, &done).await.expect("stored").status, State::Success);
    assert!(stored(&world, &running).await.is_none(), "it runs on");
    gate.let_out(1);
    assert_eq!(world.runtime.wait(&running).await.status, State::Success);
}

#[tokio::test]
async fn what_is_terminated_tells_by_which_signal() {
    let world = world(Tasks::new().task("demo.hang", hang)).await;
    let mut events = world.runtime.bus.events();
    let id = world.runtime.client.send(Send::new("demo.hang")).await.expect("sent");
    TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskStarted { .. })).await;
    let said = ask(&world, "terminate", json!({"task_id": id, "signal": "SIGKILL"})).await;
    assert_eq!(said, json!({"ok": format!("terminate: {id}")}));
    let told = TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskRevoked { .. })).await;
    let EventKind::TaskRevoked { terminated, signum, .. } = told else { unreachable!("just matched") };
    assert_eq!((terminated, signum.as_deref()), (true, Some("9")));
    assert_eq!(world.runtime.wait(&id).await.status, State::Revoked);
}

fn stamped(task: &str, stamps: Value) -> Message {
    let mut headers = Headers::new(TaskId::generate(), task);
    headers.stamps = stamps.as_object().expect("an object").clone();
    headers.stamped_headers = Some(headers.stamps.keys().cloned().collect());
    Message { headers, body: Body::default().encode(), queue: "celery".to_owned(), priority: 0 }
}

#[tokio::test]
async fn whatever_carries_a_revoked_stamp_does_not_run() {
    let world = world(Tasks::new().task("demo.hello", async || "hello")).await;
    ask(&world, "revoke_by_stamped_headers", json!({"headers": {"tenant": ["acme", 7]}})).await;
    let messages = [
        (stamped("demo.hello", json!({"tenant": "acme"})), State::Revoked),
        (stamped("demo.hello", json!({"tenant": ["other", 7]})), State::Revoked),
        (stamped("demo.hello", json!({"tenant": "7"})), State::Success),
        (stamped("demo.hello", json!({"owner": "acme"})), State::Success),
    ];
    for (message, expected) in messages {
        let id = message.headers.id.clone();
        let stamps = message.headers.stamps.clone();
        world.runtime.broker.publish(vec![message]).await.expect("published");
        assert_eq!(world.runtime.wait(&id).await.status, expected, "{stamps:?}");
    }
}

#[tokio::test]
async fn running_tasks_are_terminated_by_their_stamps() {
    let world = world(Tasks::new().task("demo.hang", hang)).await;
    let mut events = world.runtime.bus.events();
    let message = stamped("demo.hang", json!({"tenant": "acme"}));
    let id = message.headers.id.clone();
    world.runtime.broker.publish(vec![message]).await.expect("published");
    TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskStarted { .. })).await;
    let other = json!({"headers": ["tenant=other"], "terminate": true});
    let said = ask(&world, "revoke_by_stamped_headers", other).await;
    assert_eq!(said, json!({"ok": "headers {'tenant': 'other'} were not terminated"}));
    let said =
        ask(&world, "revoke_by_stamped_headers", json!({"headers": ["tenant=acme"], "terminate": true}))
            .await;
    assert_eq!(said, json!({"ok": "headers defaultdict(<class 'set'>, {'tenant': {'acme'}}) revoked"}));
    assert_eq!(world.runtime.wait(&id).await.status, State::Revoked);
}
