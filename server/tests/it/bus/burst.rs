//! A burst of foreign events, faster than anybody can record them.

use crate::support::bus::{Node, until_heard};
use crate::support::redis::RedisServer;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use umbel::bus::{Bus, Speaker};
use umbel::clock::SystemClock;
use umbel::protocol::event::encode;
use umbel::protocol::{EventKind, TaskId};
use uuid::Uuid;

const EVENTS: usize = 500_000;
const PIPELINE: usize = 500;

/// Publishes one event in each message, as fast as Redis takes them, by a client that does nothing else.
fn publish(port: u16) -> usize {
    let speaker = Speaker::new("w1@elsewhere", SystemClock::shared());
    let event = speaker.event(EventKind::TaskSucceeded {
        uuid: TaskId::generate(),
        result: "'some result'".to_owned(),
        runtime: Some(0.25),
    });
    let frame = encode(&[event], Uuid::new_v4).remove(0);
    let mut command = redis::cmd("PUBLISH");
    let words = command.arg("/0.celeryev/task.multi").arg(frame.payload).get_packed_command();
    let pipeline = words.repeat(PIPELINE);

    let mut out = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let mut answers = out.try_clone().expect("two ends of one socket");
    let reading = std::thread::spawn(move || {
        // Each answer is `:1`: one client has been sent it.
        let (mut buffer, mut heard, mut bytes) = (vec![0; 64 * 1024], 0, 0);
        while bytes < EVENTS * 4 {
            let length = answers.read(&mut buffer).expect("it answers");
            assert_ne!(length, 0, "Redis has gone");
            bytes += length;
            heard += buffer[..length].iter().filter(|byte| **byte == b'1').count();
        }
        heard
    });
    for _ in 0..EVENTS / PIPELINE {
        out.write_all(&pipeline).expect("it reads");
    }
    reading.join().expect("it has read")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_million_events_at_once_are_all_heard() {
    let server = RedisServer::start();
    let node = Node::join(&server, "umbel@test").await;
    let mut events = node.bus.events();
    until_heard(&server, 1, 0).await;
    let port = server.port();
    let publishing = tokio::task::spawn_blocking(move || publish(port));
    // A listener who has not begun to listen when all has been said.
    assert_eq!(publishing.await.expect("published"), EVENTS, "Redis cut us off");
    let mut heard = 0;
    while heard < EVENTS {
        heard += events.recv().await.expect("told").len();
    }
    assert_eq!((heard, node.bus.lost_events()), (EVENTS, 0));
    node.services.stop().await;
}
