//! Byte for byte what Celery's clients and workers say to each other over Redis.

use crate::support::bus::{Node, PATIENCE, until, until_heard};
use crate::support::redis::RedisServer;
use base64::Engine as _;
use redis::Commands as _;
use serde_json::{Value, json};
use std::sync::Arc;
use umbel::bus::Bus;
use umbel::protocol::control::{Reply, Request};
use umbel::protocol::{EventKind, TaskId};

const PING: &str = include_str!("../../fixtures/celery/pidbox/ping.json");
const TASKS: &str = include_str!("../../fixtures/celery/events/task_multi_batch.json");

fn recorded(text: &str) -> Value {
    serde_json::from_str(text).expect("recordings are JSON")
}

/// The JSON in an envelope.
fn body(payload: &[u8]) -> Value {
    let envelope: Value = serde_json::from_slice(payload).expect("an envelope");
    let body = envelope["body"].as_str().expect("a body");
    let bytes = base64::engine::general_purpose::STANDARD.decode(body).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn publish(connection: &mut redis::Connection, channel: &str, payload: &[u8]) {
    let heard: u64 = connection.publish(channel, payload).expect("it answers");
    assert_eq!(heard, 1, "nobody listens to {channel}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorded_request_of_a_python_client_is_answered_to_its_list() {
    let server = RedisServer::start();
    let node = Node::join(&server, "w1@fixture.example").await;
    let mut requests = node.bus.requests();
    until_heard(&server, 0, 1).await;
    let recording = recorded(PING);
    let mut connection = server.connect();
    let oid = recording["payload"]["request"]["reply_to"]["routing_key"].as_str().expect("an oid");
    let list = format!("{oid}.reply.celery.pidbox");
    let binding = format!("{oid}\u{6}\u{16}\u{6}\u{16}{list}");
    let _: () = connection.sadd("_kombu.binding.reply.celery.pidbox", &binding).expect("it obeys");
    let _: () = connection.sadd("_kombu.binding.reply.celery.pidbox", "somebody else's").expect("it obeys");

    let raw = recording["payload"]["request_raw"].as_str().expect("recorded in full");
    publish(&mut connection, "/0.celery.pidbox", raw.as_bytes());
    let asked = requests.recv().await.expect("asked");
    assert_eq!(asked.method, "ping");
    let ticket = asked.ticket.clone().expect("it wants an answer");
    let value = recording["payload"]["replies"][0]["body"]["w1@fixture.example"].clone();
    node.bus
        .reply(asked, Reply { ticket: ticket.clone(), node: "w1@fixture.example".to_owned(), value })
        .await;

    let answers: Vec<Vec<u8>> = connection.lrange(&list, 0, -1).expect("it answers");
    let [answer] = answers.as_slice() else { panic!("one answer, not {}", answers.len()) };
    assert_eq!(body(answer), recording["payload"]["replies"][0]["body"]);
    let envelope: Value = serde_json::from_slice(answer).expect("JSON");
    assert_eq!(envelope["headers"]["ticket"], *ticket);
    let clock = recording["payload"]["request_headers"]["clock"].as_u64().expect("a clock");
    assert!(envelope["headers"]["clock"].as_u64().expect("a clock") > clock, "what follows counts on");
    node.services.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_asker_has_a_list_only_while_it_waits() {
    let server = RedisServer::start();
    let node = Node::join(&server, "gen1@test").await;
    let mut connection = server.connect();
    let listening = redis::Client::open(server.url()).expect("sound");
    let mut listening = listening.get_connection().expect("it is there");
    let mut pubsub = listening.as_pubsub();
    pubsub.subscribe("/0.celery.pidbox").expect("it obeys");

    let mut answers = node.bus.replies("t-1");
    let mut request = Request::new("ping", json!({}));
    request.ticket = Some("t-1".to_owned());
    node.bus.request(request).await;
    let asked = body(pubsub.get_message().expect("asked").get_payload_bytes());
    let oid = asked["reply_to"]["routing_key"].as_str().expect("an oid").to_owned();
    assert_eq!(
        (&asked["ticket"], &asked["reply_to"]["exchange"]),
        (&json!("t-1"), &json!("reply.celery.pidbox"))
    );
    let members: Vec<String> = connection.smembers("_kombu.binding.reply.celery.pidbox").expect("it answers");
    let list = format!("{oid}.reply.celery.pidbox");
    assert_eq!(members, [format!("{oid}\u{6}\u{16}\u{6}\u{16}{list}")]);
    let deadline: f64 =
        connection.zscore("_kombu.binding_deadlines", "reply.celery.pidbox").expect("it answers");
    assert!(deadline > 1.6e12, "in milliseconds");

    // What a Python worker answers, what somebody else was answered, and nonsense.
    let replies = recorded(PING)["payload"]["replies"].clone();
    let answer = |ticket: &str| {
        let body = base64::engine::general_purpose::STANDARD.encode(replies[0]["body"].to_string());
        let (mut headers, properties) = (replies[0]["headers"].clone(), &replies[0]["properties"]);
        headers["ticket"] = json!(ticket);
        json!({
            "body": body, "content-encoding": "utf-8", "content-type": "application/json",
            "headers": headers, "properties": properties,
        })
        .to_string()
    };
    for payload in ["nonsense".to_owned(), answer("t-0"), answer("t-1")] {
        let _: () = connection.lpush(&list, payload).expect("it obeys");
    }
    let reply = tokio::time::timeout(PATIENCE, answers.recv()).await.expect("in time").expect("answered");
    assert_eq!((reply.node.as_str(), reply.value), ("w1@fixture.example", json!({"ok": "pong"})));

    drop(answers);
    until("nothing is left behind", || {
        let left: u64 = redis::cmd("EXISTS")
            .arg(&[&*list, "_kombu.binding.reply.celery.pidbox"])
            .query(&mut connection)
            .expect("it answers");
        left == 0
    })
    .await;
    let mut commands = || -> u64 {
        let info: String = redis::cmd("INFO").arg("commandstats").query(&mut connection).expect("it answers");
        let line = info.lines().find(|line| line.starts_with("cmdstat_brpop:")).expect("it was used");
        let calls = line.split(['=', ',']).nth(1).expect("a number");
        calls.parse().expect("a number")
    };
    let before = commands();
    let mut clock = tokio::time::interval(std::time::Duration::from_millis(1500));
    clock.tick().await;
    clock.tick().await;
    assert_eq!(commands(), before, "nobody waits, so nobody asks");
    node.services.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_payloads_harm_nobody() {
    let server = RedisServer::start();
    let node = Node::join(&server, "umbel@test").await;
    let (mut events, mut requests) = (node.bus.events(), node.bus.requests());
    until_heard(&server, 1, 1).await;
    let mut connection = server.connect();
    let multi = recorded(TASKS)["payload"]["raw"].as_str().expect("recorded in full").to_owned();
    let ping = recorded(PING)["payload"]["request_raw"].as_str().expect("recorded in full").to_owned();
    let odd: [&[u8]; 7] =
        [b"", b"nonsense", b"\xff\xfe", b"[]", b"{}", br#"{"body":"","headers":{}}"#, &[b'['; 100_000]];
    for payload in odd {
        publish(&mut connection, "/0.celeryev/task.multi", payload);
        publish(&mut connection, "/0.celery.pidbox", payload);
    }
    publish(&mut connection, "/0.celeryev/task.multi", multi.as_bytes());
    publish(&mut connection, "/0.celery.pidbox", ping.as_bytes());
    let batch = tokio::time::timeout(PATIENCE, events.recv()).await.expect("in time").expect("told");
    assert_eq!(batch.len(), 2, "the recorded list");
    let asked = tokio::time::timeout(PATIENCE, async {
        loop {
            let asked = requests.recv().await.expect("asked");
            // The monitor's own wish comes this way, too.
            if asked.method != "heartbeat" {
                return asked;
            }
        }
    });
    assert_eq!(asked.await.expect("in time").method, "ping");
    node.services.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_published_on_celerys_channels() {
    let server = RedisServer::start();
    let node = Node::join(&server, "umbel@test").await;
    let client = redis::Client::open(server.url()).expect("sound");
    let mut listening = client.get_connection().expect("it is there");
    let mut pubsub = listening.as_pubsub();
    pubsub.psubscribe("/0.celeryev/*").expect("it obeys");
    let worker = node.speaker.event(EventKind::WorkerOnline(Default::default()));
    let task = node.speaker.event(EventKind::TaskStarted { uuid: TaskId::from("i") });
    node.bus.publish(vec![worker, task]).await;
    for channel in ["/0.celeryev/worker.online", "/0.celeryev/task.multi"] {
        let message = pubsub.get_message().expect("told");
        assert_eq!(message.get_channel_name(), channel);
        assert_eq!(body(message.get_payload_bytes()).is_array(), channel.ends_with("multi"));
    }
    node.services.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_heard_is_counted_on() {
    let server = RedisServer::start();
    let (ahead, behind) = (Node::join(&server, "a@test").await, Node::join(&server, "b@test").await);
    let mut events = behind.bus.events();
    until_heard(&server, 1, 0).await;
    ahead.speaker.adopt(1000);
    let event = ahead.speaker.event(EventKind::TaskStarted { uuid: TaskId::from("i") });
    ahead.bus.publish(vec![event]).await;
    let heard: Arc<[_]> = events.recv().await.expect("told");
    assert_eq!(heard[0].clock, 1002);
    assert!(behind.speaker.forward() > 1002);
    ahead.services.stop().await;
    behind.services.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_and_sockets_are_no_obstacle() {
    let server = RedisServer::with(&["--requirepass", "open sesame"]);
    for url in [
        server.url().replace("//", "//:open%20sesame@"),
        format!("{}?password=open%20sesame", server.socket_url()),
    ] {
        let node = Node::join_at(&url, "umbel@test").await;
        let mut events = node.bus.events();
        let event = || node.speaker.event(EventKind::TaskStarted { uuid: TaskId::from("i") });
        let heard = async {
            loop {
                // It is not known when it begins to listen, so it is told until it has heard.
                node.bus.publish(vec![event()]).await;
                tokio::select! {
                    batch = events.recv() => return batch.expect("told").len(),
                    () = tokio::task::yield_now() => {}
                }
            }
        };
        assert!(tokio::time::timeout(PATIENCE, heard).await.expect("in time") > 0);
        node.services.stop().await;
    }
}
