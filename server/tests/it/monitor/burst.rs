//! More events at once than anybody can write down: nothing of it is lost, and Redis does not cut us off.

use super::*;
use crate::support::redis::RedisServer;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use umbel::bus::Speaker;
use umbel::bus::redis::RedisBus;
use umbel::clock::{SharedClock, SystemClock};
use umbel::monitor::{Place, TaskQuery};
use umbel::protocol::event::encode;
use umbel::protocol::keys::BrokerKeys;
use umbel::redis_link::{Address, Link};
use uuid::Uuid;

const TASKS: usize = 50_000;
const LIFE: usize = 4;
/// How long nothing at all may happen before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Publishes all commands in one go, as fast as the server takes them.
fn publish(port: u16, commands: &[u8]) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server is there");
    let mut answers = stream.try_clone().expect("a second handle");
    let reader = std::thread::spawn(move || {
        let (mut buffer, mut lines) = (vec![0; 1 << 16], 0);
        while lines < TASKS * LIFE {
            let count = answers.read(&mut buffer).expect("the server answers");
            assert!(count > 0, "the server is gone");
            lines += buffer[..count].iter().filter(|byte| **byte == b'\n').count();
        }
    });
    stream.write_all(commands).expect("the server takes it");
    reader.join().expect("all are answered");
}

/// Whole lives, each event in a message of its own.
fn commands() -> Vec<u8> {
    let mut commands = Vec::new();
    let now = umbel::clock::epoch(&*SystemClock::shared()) - START;
    for number in 0..TASKS {
        for event in life(&format!("{number:036}"), now) {
            for frame in encode(&[event], Uuid::new_v4) {
                let channel = "/0.celeryev/task.multi";
                let length = frame.payload.len();
                write!(commands, "*3\r\n$7\r\nPUBLISH\r\n${}\r\n{channel}\r\n${length}\r\n", channel.len())
                    .expect("memory takes it");
                commands.extend(frame.payload);
                commands.extend(b"\r\n");
            }
        }
    }
    commands
}

/// How many tasks there are, and how many events are in their timelines.
async fn heard(monitor: &Monitor) -> (usize, usize) {
    let (mut tasks, mut events, mut place) = (0, 0, Place::Start);
    loop {
        let query = TaskQuery { place, limit: 500, ..TaskQuery::default() };
        let page = monitor.tasks(query).await.expect("answers");
        tasks += page.tasks.len();
        events += page.tasks.iter().map(|task| task.events as usize).sum::<usize>();
        match page.next {
            Some(next) => place = Place::After(next),
            None => return (tasks, events),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_is_heard_to_the_last_event() {
    let (server, folder) = (RedisServer::start(), tempfile::tempdir().expect("a folder"));
    let clock: SharedClock = SystemClock::shared();
    let address = Address::parse(&server.url()).expect("a sound URL");
    let link = Link::open(address, Arc::clone(&clock)).await.expect("it lets us in");
    let speaker = Speaker::new("umbel@host", Arc::clone(&clock));
    let bus = RedisBus::new(link, BrokerKeys::new(0), speaker, Arc::clone(&clock));
    let (services, recording) = (Services::new(), Services::new());
    bus.start(&services);
    let history = Db::open(&folder.path().join("history.db"), Durability::System, MIGRATIONS).expect("opens");
    let monitor = Monitor::start(&recording, &bus, history.clone(), clock, MonitorSettings::default())
        .await
        .expect("starts");
    let ready = commands();
    // It hears something: from then on it hears everything.
    let seen = monitor.seq();
    let first = monitor.feed();
    let hearing = first.next(seen);
    tokio::pin!(hearing);
    loop {
        bus.publish(vec![said_by("umbel@host", 0.0, heartbeat())]).await;
        if tokio::time::timeout(Duration::from_millis(50), &mut hearing).await.is_ok() {
            break;
        }
    }

    let port = server.port();
    let publishing = tokio::task::spawn_blocking(move || publish(port, &ready));
    let mut seen = monitor.seq();
    loop {
        let success = vec![umbel::monitor::Phase::Success];
        let query = TaskQuery { phases: success, limit: 1, ..TaskQuery::default() };
        let done = monitor.tasks(query).await.expect("answers").total;
        if done == TASKS as u64 {
            break;
        }
        let next = tokio::time::timeout(PATIENCE, monitor.feed().next(seen)).await;
        let Ok(next) = next else { panic!("{done} tasks ended, {} events lost", bus.lost_events()) };
        seen = next.seq;
    }
    publishing.await.expect("published");
    monitor.flush().await;
    assert_eq!(heard(&monitor).await, (TASKS, TASKS * LIFE));
    assert_eq!(bus.lost_events(), 0);
    recording.stop().await;
    services.stop().await;
    drop(monitor);
    history.close().await;
}
