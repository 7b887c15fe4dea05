//! What every bus promises. Each check runs within one process and over Redis.
//!
//! The two differ in this: over Redis, listening begins some moments after it was asked for and batches may be joined,
//! and the clock that is read back counts on with everything that is heard.

use crate::support::bus::{Node, until_heard};
use crate::support::redis::RedisServer;
use serde_json::json;
use std::sync::Arc;
use umbel::bus::local::LocalBus;
use umbel::bus::{Bus, Events, Speaker};
use umbel::protocol::control::{Reply, Request};
use umbel::protocol::{Event, EventKind, TaskId};
use umbel::testing::ManualClock;

/// A bus with what it stands on.
struct Stage {
    bus: Arc<dyn Bus>,
    speaker: Speaker,
    redis: Option<(RedisServer, Node)>,
}

impl Stage {
    fn local() -> Self {
        let speaker = Speaker::new("umbel@test", Arc::new(ManualClock::new()));
        Self { bus: Arc::new(LocalBus::new()), speaker, redis: None }
    }

    async fn redis() -> Self {
        let server = RedisServer::start();
        let node = Node::join(&server, "umbel@test").await;
        Self { bus: Arc::new(node.bus.clone()), speaker: node.speaker.clone(), redis: Some((server, node)) }
    }

    fn started(&self, id: usize) -> Event {
        self.speaker.event(EventKind::TaskStarted { uuid: TaskId::from(id.to_string()) })
    }

    /// Waits until those who asked to hear really do.
    async fn heard(&self, events: u64, requests: u64) {
        if let Some((server, _)) = &self.redis {
            until_heard(server, events, requests).await;
        }
    }

    async fn close(self) {
        if let Some((_, node)) = self.redis {
            node.services.stop().await;
        }
    }
}

/// Runs a check on both.
macro_rules! on_both {
    ($($check:ident),* $(,)?) => {
        mod local {
            $(#[tokio::test]
            async fn $check() {
                super::$check(&super::Stage::local()).await;
            })*
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                let stage = super::Stage::redis().await;
                super::$check(&stage).await;
                stage.close().await;
            })*
        }
    };
}

on_both!(
    every_listener_hears_everything_in_order,
    nothing_is_lost_of_a_burst_when_a_listener_is_slow,
    a_listener_who_leaves_holds_nobody_up,
    requests_reach_all_and_replies_only_the_asker,
    an_answer_nobody_waits_for_harms_nobody,
);

/// As many events as asked for.
async fn hear(events: &mut Events, count: usize) -> Vec<Event> {
    let mut heard = Vec::new();
    while heard.len() < count {
        heard.extend_from_slice(&events.recv().await.expect("told"));
    }
    heard
}

async fn every_listener_hears_everything_in_order(stage: &Stage) {
    let (mut one, mut two) = (stage.bus.events(), stage.bus.events());
    stage.heard(1, 0).await;
    for id in 0..10 {
        stage.bus.publish(vec![stage.started(id)]).await;
    }
    for listener in [&mut one, &mut two] {
        let heard = hear(listener, 10).await;
        for (id, event) in heard.iter().enumerate() {
            assert_eq!(event.kind.task_id(), Some(&TaskId::from(id.to_string())));
        }
        assert!(heard.is_sorted_by_key(|event| event.clock), "the Lamport clock counts on");
    }
}

async fn nothing_is_lost_of_a_burst_when_a_listener_is_slow(stage: &Stage) {
    const BATCHES: usize = 20_000;
    let mut slow = stage.bus.events();
    stage.heard(1, 0).await;
    let speaking = {
        let (bus, speaker) = (Arc::clone(&stage.bus), stage.speaker.clone());
        tokio::spawn(async move {
            for id in 0..BATCHES {
                let uuid = TaskId::from(id.to_string());
                bus.publish(vec![speaker.event(EventKind::TaskStarted { uuid })]).await;
            }
        })
    };
    let mut heard = 0;
    while heard < BATCHES {
        for event in slow.recv().await.expect("told").iter() {
            assert_eq!(event.kind.task_id(), Some(&TaskId::from(heard.to_string())));
            heard += 1;
            tokio::task::yield_now().await;
        }
    }
    speaking.await.expect("spoken");
}

async fn a_listener_who_leaves_holds_nobody_up(stage: &Stage) {
    drop(stage.bus.events());
    let mut other = stage.bus.events();
    stage.heard(1, 0).await;
    stage.bus.publish(vec![stage.started(1)]).await;
    stage.bus.publish(vec![stage.started(2)]).await;
    assert_eq!(hear(&mut other, 2).await.len(), 2);
}

fn ping(ticket: Option<&str>) -> Request {
    let mut request = Request::new("ping", json!({}));
    request.ticket = ticket.map(str::to_owned);
    request
}

fn pong(ticket: &str) -> Reply {
    Reply { ticket: ticket.to_owned(), node: "n".to_owned(), value: json!({"ok": "pong"}) }
}

async fn requests_reach_all_and_replies_only_the_asker(stage: &Stage) {
    let bus = &stage.bus;
    let (mut one, mut two) = (bus.requests(), bus.requests());
    stage.heard(0, 1).await;
    let (mut mine, mut other) = (bus.replies("mine"), bus.replies("other"));
    bus.request(ping(Some("mine"))).await;
    let asked = one.recv().await.expect("asked");
    assert_eq!((asked.method.as_str(), asked.ticket.as_deref()), ("ping", Some("mine")));
    assert_eq!(two.recv().await.expect("asked").method, "ping");
    bus.reply(asked, pong("mine")).await;
    assert_eq!(mine.recv().await.expect("answered"), pong("mine"));
    assert!(other.try_recv().is_err());
}

async fn an_answer_nobody_waits_for_harms_nobody(stage: &Stage) {
    let bus = &stage.bus;
    let mut requests = bus.requests();
    stage.heard(0, 1).await;
    drop(bus.replies("gone"));
    for ticket in ["nobody", "gone"] {
        bus.request(ping(Some(ticket))).await;
        bus.reply(requests.recv().await.expect("asked"), pong(ticket)).await;
    }
    bus.request(ping(None)).await;
    assert_eq!(requests.recv().await.expect("asked").ticket, None);
    let mut mine = bus.replies("mine");
    bus.request(ping(Some("mine"))).await;
    bus.reply(requests.recv().await.expect("asked"), pong("mine")).await;
    assert_eq!(mine.recv().await.expect("answered"), pong("mine"));
}
