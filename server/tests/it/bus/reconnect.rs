//! Connections that break, and a server that goes away and comes back.

use crate::support::bus::{Node, PATIENCE, until, until_heard};
use crate::support::redis::RedisServer;
use serde_json::json;
use umbel::bus::{Bus, Events};
use umbel::protocol::control::{Reply, Request};
use umbel::protocol::{Event, EventKind, TaskId};

fn started(node: &Node, id: &str) -> Event {
    node.speaker.event(EventKind::TaskStarted { uuid: TaskId::from(id) })
}

/// Listens until an event of this task comes.
async fn hear(events: &mut Events, id: &str) {
    let listening = async {
        loop {
            let batch = events.recv().await.expect("told");
            if batch.iter().any(|event| event.kind.task_id().is_some_and(|task| task.as_str() == id)) {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, listening).await.unwrap_or_else(|_| panic!("{id} is not heard of"));
}

/// Asks, obeys and answers, all over Redis.
async fn ask_and_answer(
    node: &Node,
    ticket: &str,
    requests: &mut tokio::sync::mpsc::Receiver<std::sync::Arc<Request>>,
) {
    let mut answers = node.bus.replies(ticket);
    let mut request = Request::new("ping", json!({}));
    request.ticket = Some(ticket.to_owned());
    let exchange = async {
        node.bus.request(request).await;
        loop {
            let asked = requests.recv().await.expect("asked");
            if asked.ticket.as_deref() == Some(ticket) {
                let reply = Reply { ticket: ticket.to_owned(), node: "n".to_owned(), value: json!(1) };
                node.bus.reply(asked, reply).await;
                return answers.recv().await.expect("answered");
            }
        }
    };
    let reply = tokio::time::timeout(PATIENCE, exchange).await.expect("in time");
    assert_eq!(reply.value, json!(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_connections_come_back() {
    let server = RedisServer::start();
    let node = Node::join(&server, "umbel@test").await;
    let (mut events, mut requests) = (node.bus.events(), node.bus.requests());
    until_heard(&server, 1, 1).await;
    for round in 0..3 {
        let mut connection = server.connect();
        for kind in ["normal", "pubsub"] {
            let killed: u64 = redis::cmd("CLIENT")
                .arg(&["KILL", "TYPE", kind, "SKIPME", "yes"])
                .query(&mut connection)
                .expect("it obeys");
            assert!(killed > 0);
        }
        until_heard(&server, 1, 1).await;
        let id = format!("task-{round}");
        node.bus.publish(vec![started(&node, &id)]).await;
        hear(&mut events, &id).await;
        ask_and_answer(&node, &id, &mut requests).await;
    }
    node.services.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_started_anew_is_found_again_and_gets_what_waited() {
    let mut server = RedisServer::start();
    let (listener, node) = (Node::join(&server, "a@test").await, Node::join(&server, "b@test").await);
    let (mut events, mut requests) = (listener.bus.events(), node.bus.requests());
    until_heard(&server, 1, 1).await;
    server.kill();
    for id in 0..1000 {
        // Nobody waits for a server that is away.
        node.bus.publish(vec![started(&node, &id.to_string())]).await;
    }
    server.revive();
    until_heard(&server, 1, 1).await;
    node.bus.publish(vec![started(&node, "last")]).await;
    hear(&mut events, "last").await;
    ask_and_answer(&node, "after", &mut requests).await;
    assert_eq!(node.bus.unsent_events(), 0);
    let mut connection = server.connect();
    let members: Vec<String> = redis::cmd("SMEMBERS")
        .arg("_kombu.binding.celery.pidbox")
        .query(&mut connection)
        .expect("it answers");
    assert_eq!(members, ["\u{6}\u{16}\u{6}\u{16}b@test.celery.pidbox"], "it told anew that it is there");
    listener.services.stop().await;
    node.services.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_are_asked_for_a_heartbeat_whenever_a_monitor_begins_to_listen() {
    let server = RedisServer::start();
    let worker = Node::join(&server, "w@test").await;
    let mut requests = worker.bus.requests();
    until_heard(&server, 0, 1).await;
    let monitor = Node::join(&server, "m@test").await;
    let _events = monitor.bus.events();
    let mut connection = server.connect();
    for _ in 0..2 {
        let asked = tokio::time::timeout(PATIENCE, requests.recv()).await.expect("in time").expect("asked");
        assert_eq!((asked.method.as_str(), asked.ticket.as_deref()), ("heartbeat", None));
        let listening: String =
            redis::cmd("CLIENT").arg(&["LIST", "TYPE", "pubsub"]).query(&mut connection).expect("it answers");
        let monitors = listening.lines().find(|line| line.contains(" psub=1 ")).expect("it listens");
        let id =
            monitors.split_whitespace().next().and_then(|field| field.strip_prefix("id=")).expect("an id");
        let _: u64 = redis::cmd("CLIENT").arg(&["KILL", "ID", id]).query(&mut connection).expect("it obeys");
    }
    monitor.services.stop().await;
    worker.services.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn last_words_are_said_before_it_stops() {
    let server = RedisServer::start();
    let (monitor, worker) = (Node::join(&server, "m@test").await, Node::join(&server, "w@test").await);
    let mut events = monitor.bus.events();
    let _requests = worker.bus.requests();
    until_heard(&server, 1, 1).await;
    let mut connection = server.connect();
    let mut members = || -> u64 {
        redis::cmd("SCARD").arg("_kombu.binding.celery.pidbox").query(&mut connection).expect("it answers")
    };
    until("it tells that it is there", || members() == 1).await;
    for id in 0..5000 {
        worker.bus.publish(vec![started(&worker, &id.to_string())]).await;
    }
    worker.bus.publish(vec![started(&worker, "last")]).await;
    worker.services.stop().await;
    hear(&mut events, "last").await;
    assert_eq!((worker.bus.unsent_events(), members()), (0, 0), "it left nothing behind");
    monitor.services.stop().await;
}
