//! Several workers on one bus: the greeting at the start, and elections.

use super::{PATIENCE, World, world};
use serde_json::{Value, json};
use std::sync::Arc;
use umbel::bus::local::LocalBus;
use umbel::bus::{Bus, Events, Speaker};
use umbel::protocol::control::{Reply, Request};
use umbel::protocol::{Event, EventKind, TaskId};
use umbel::task::Tasks;
use umbel::testing::TestRuntime;
use umbel::worker::{Worker, WorkerParts, WorkerSettings};

const FIRST: &str = "umbel@test";

fn tasks() -> Tasks {
    Tasks::new().task("demo.hello", async || "hello")
}

/// One more worker in the same world, that knows it may have neighbours.
fn join(world: &World, name: &str) -> Worker {
    let runtime = &world.runtime;
    Worker::start(WorkerParts {
        broker: Arc::clone(&runtime.broker) as Arc<_>,
        admin: Arc::clone(&runtime.broker) as Arc<_>,
        results: Arc::clone(&runtime.results) as Arc<_>,
        bus: Arc::clone(&runtime.bus) as Arc<_>,
        clock: Arc::clone(&runtime.clock),
        speaker: Speaker::new(name, Arc::clone(&runtime.clock)),
        client: runtime.client.clone(),
        tasks: tasks().build().expect("sound tasks"),
        settings: WorkerSettings { mingle: true, ..WorkerSettings::default() },
        onlooker: Arc::new(|_| {}),
    })
    .expect("a worker")
}

async fn ask(world: &World, node: &str, method: &str, arguments: Value) -> Value {
    let replies = world.runtime.control.inspect(Some(node), method, arguments, PATIENCE).await;
    replies.into_iter().next().expect("an answer").value
}

/// Until the worker knows these ids to be revoked.
async fn knows(world: &World, node: &str, ids: Value) {
    let look = async { while ask(world, node, "revoked", json!({})).await != ids {} };
    tokio::time::timeout(PATIENCE, look).await.expect("it learns in time");
}

#[tokio::test]
async fn a_new_worker_learns_what_is_revoked() {
    let world = world(tasks()).await;
    ask(&world, FIRST, "revoke", json!({"task_id": ["m-1", "m-2"]})).await;
    let _second = join(&world, "second@test");
    knows(&world, "second@test", json!(["m-1", "m-2"])).await;
}

#[tokio::test]
async fn an_older_celery_sends_an_object_and_is_understood() {
    let world = world(tasks()).await;
    let mut requests = world.runtime.bus.requests();
    let _second = join(&world, "second@test");
    let hello = tokio::time::timeout(PATIENCE, requests.recv()).await.expect("a greeting").expect("open");
    assert_eq!(
        (hello.method.as_str(), &hello.arguments),
        ("hello", &json!({"from_node": "second@test", "revoked": []}))
    );
    let ticket = hello.ticket.clone().expect("an answer is wanted");
    let value = json!({"revoked": {"old-1": 12.5}, "clock": 1000});
    world.runtime.bus.reply(hello, Reply { ticket, node: "w1@python".to_owned(), value }).await;
    knows(&world, "second@test", json!(["old-1"])).await;
    let clock = ask(&world, "second@test", "clock", json!({})).await;
    assert!(clock["clock"].as_u64().expect("a number") >= 1000, "{clock}");
}

#[tokio::test]
async fn who_greets_brings_what_it_knows() {
    let world = world(tasks()).await;
    let arguments = json!({"from_node": "w2@python", "revoked": ["r-1"]});
    let answer = ask(&world, FIRST, "hello", arguments).await;
    assert_eq!(answer["revoked"], json!(["r-1"]));
    knows(&world, FIRST, json!(["r-1"])).await;
}

/// What is said of tasks that are sent, until the workers have answered once more.
async fn sent_by(world: &World, mut events: Events, id: &str) -> Vec<TaskId> {
    world.runtime.bus.publish(vec![other("w9@test", 1, "task-end", json!({ "id": id }))]).await;
    let mut sent = Vec::new();
    let listen = async {
        loop {
            for event in events.recv().await.expect("the bus is open").iter() {
                match &event.kind {
                    EventKind::TaskSent(info) => sent.push(info.uuid.clone()),
                    EventKind::Other { kind, .. } if kind == "task-end" => return,
                    _ => {}
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, listen).await.expect("told in time");
    sent
}

fn other(hostname: &str, clock: u64, kind: &str, fields: Value) -> Event {
    let Value::Object(fields) = fields else { unreachable!("an object") };
    let kind = EventKind::Other { kind: kind.to_owned(), fields };
    Event { hostname: Arc::from(hostname), timestamp: 0.0, clock, pid: 77, utcoffset: 0.0, kind }
}

fn election(id: &str) -> Request {
    let action = json!({"task": "demo.hello", "args": [], "kwargs": {}, "options": {}, "subtask_type": null, "immutable": false});
    Request::new("election", json!({"id": id, "topic": "task", "action": action}))
}

#[tokio::test]
async fn alone_an_election_is_won() {
    let world = world(tasks()).await;
    let events = world.runtime.bus.events();
    let Request { method, arguments, .. } = election("el-1");
    assert_eq!(ask(&world, FIRST, &method, arguments).await, Value::Null);
    assert_eq!(sent_by(&world, events, "el-1").await.len(), 1);
}

/// Waits for an event of this type from this node.
async fn heard(events: &mut Events, node: &str, kind: &str) -> Event {
    let listen = async {
        loop {
            let batch = events.recv().await.expect("the bus is open");
            let found = batch.iter().find(|event| &*event.hostname == node && event.kind.type_name() == kind);
            if let Some(event) = found {
                return event.clone();
            }
        }
    };
    tokio::time::timeout(PATIENCE, listen).await.expect("told in time")
}

#[tokio::test]
async fn a_neighbour_with_a_lower_clock_is_left_to_do_it() {
    let world = world(tasks()).await;
    let bus: &LocalBus = &world.runtime.bus;
    let mut events = bus.events();
    let _second = join(&world, "second@test");
    // A worker of Python's, as it was recorded: it is heard of, stands for election, and answers each candidate.
    let heartbeat =
        EventKind::WorkerHeartbeat(umbel::protocol::WorkerInfo { freq: 2.0, ..Default::default() });
    bus.publish(vec![Event { kind: heartbeat, ..other("w1@python", 1, "", json!({})) }]).await;
    ask(&world, "second@test", "ping", json!({})).await;
    let mut request = election("el-2");
    request.destination = Some(vec!["second@test".to_owned()]);
    bus.request(request).await;
    let stood = heard(&mut events, "second@test", "worker-elect").await;
    let EventKind::Other { fields, .. } = &stood.kind else { unreachable!("an event of its own") };
    assert_eq!(
        (&fields["id"], &fields["topic"], &fields["cver"]),
        (&json!("el-2"), &json!("task"), &json!(1))
    );
    heard(&mut events, "second@test", "worker-elect-ack").await;
    bus.publish(vec![other(
        "w1@python",
        0,
        "worker-elect",
        json!({"id": "el-2", "topic": "task", "action": {}}),
    )])
    .await;
    heard(&mut events, "second@test", "worker-elect-ack").await;
    let later = bus.events();
    let ack = || other("w1@python", 5, "worker-elect-ack", json!({"id": "el-2"}));
    bus.publish(vec![ack(), ack()]).await;
    ask(&world, "second@test", "ping", json!({})).await;
    assert_eq!(sent_by(&world, later, "el-2").await, [], "the neighbour has won");
}

#[tokio::test]
async fn the_lowest_clock_does_it_once() {
    let world = world(tasks()).await;
    let bus: &LocalBus = &world.runtime.bus;
    let mut events = bus.events();
    let (_second, _third) = (join(&world, "second@test"), join(&world, "third@test"));
    for node in ["second@test", "third@test"] {
        TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::WorkerOnline(_))).await;
        ask(&world, node, "heartbeat", json!({})).await;
    }
    let mut request = election("el-3");
    request.destination = Some(vec!["second@test".to_owned(), "third@test".to_owned()]);
    bus.request(request).await;
    let sent = TestRuntime::event(&mut events, |kind| matches!(kind, EventKind::TaskSent(_))).await;
    let id = sent.task_id().expect("a task").clone();
    world.runtime.wait(&id).await;
    assert_eq!(sent_by(&world, events, "el-3").await, [], "the other one did not");
}
