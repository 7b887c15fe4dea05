//! A burst of foreign events, faster than anybody can record them.

use crate::support::bus::{Node, PATIENCE, until_heard};
use crate::support::redis::RedisServer;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;
use umbel::bus::{Bus, Speaker};
use umbel::clock::SystemClock;
use umbel::protocol::event::encode;
use umbel::protocol::{EventKind, TaskId};
use uuid::Uuid;

const EVENTS: usize = 500_000;
const PIPELINE: usize = 500;
/// Pipelines between two looks at what Redis holds for us.
const STRETCH: usize = 20;
/// Redis cuts us off at 32 MB. How soon it gets there depends on what else this machine has to do, so this is waited
/// for; that it shrinks again, although nobody listens here, is what is tested.
const HELD: u64 = 8 * 1024 * 1024;

/// Publishes one event in each message, as fast as Redis takes them, by a client that does nothing else: it sends a
/// pipeline, waits until that is done, and sends the next. Tells how often anybody heard.
fn publish(server: &RedisServer) -> usize {
    let speaker = Speaker::new("w1@elsewhere", SystemClock::shared());
    let event = speaker.event(EventKind::TaskStarted { uuid: TaskId::generate() });
    let frame = encode(&[event], Uuid::new_v4).remove(0);
    let mut command = redis::cmd("PUBLISH");
    let words = command.arg("/0.celeryev/task.multi").arg(frame.payload).get_packed_command();
    let pipeline = words.repeat(PIPELINE);
    // Each answer is `:1` when one client has been sent it, and `:0` when nobody has.
    let mut answers = [0; PIPELINE * 4];
    let mut socket = TcpStream::connect(("127.0.0.1", server.port())).expect("it listens");
    let mut onlooker = server.connect();
    let mut heard = 0;
    for round in 0..EVENTS / PIPELINE {
        socket.write_all(&pipeline).expect("it reads");
        socket.read_exact(&mut answers).expect("it answers");
        heard += answers.iter().filter(|byte| **byte == b'1').count();
        if round % STRETCH == 0 {
            let end = Instant::now() + PATIENCE;
            while held(&mut onlooker) > HELD {
                assert!(Instant::now() < end, "nobody reads what Redis holds");
            }
        }
    }
    heard
}

/// Bytes that Redis holds for a client that listens.
fn held(onlooker: &mut redis::Connection) -> u64 {
    let list: String =
        redis::cmd("CLIENT").arg(&["LIST", "TYPE", "pubsub"]).query(onlooker).expect("it answers");
    let bytes = list.split_whitespace().find_map(|field| field.strip_prefix("omem="));
    bytes.map_or(0, |bytes| bytes.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_million_events_at_once_are_all_heard() {
    let server = RedisServer::start();
    let node = Node::join(&server, "umbel@test").await;
    let mut events = node.bus.events();
    until_heard(&server, 1, 0).await;
    let publishing = tokio::task::spawn_blocking(move || (publish(&server), server));
    // A listener who has not begun to listen when all has been said.
    let (sent, _server) = publishing.await.expect("published");
    assert_eq!(sent, EVENTS, "Redis cut us off");
    let mut heard = 0;
    while heard < EVENTS {
        heard += events.recv().await.expect("told").len();
    }
    assert_eq!((heard, node.bus.lost_events()), (EVENTS, 0));
    node.services.stop().await;
}
