//! What every bus promises.

use std::sync::Arc;
use umbel::bus::local::LocalBus;
use umbel::bus::{Bus, Speaker};
use umbel::protocol::control::{Reply, Request};
use umbel::protocol::{Event, EventKind, TaskId};
use umbel::testing::ManualClock;

fn started(speaker: &Speaker, id: usize) -> Event {
    speaker.event(EventKind::TaskStarted { uuid: TaskId::from(id.to_string()) })
}

#[tokio::test]
async fn every_listener_hears_everything_in_order() {
    let bus = LocalBus::new();
    let speaker = Speaker::new("umbel@test", Arc::new(ManualClock::new()));
    let (mut one, mut two) = (bus.events(), bus.events());
    for id in 0..10 {
        bus.publish(vec![started(&speaker, id)]).await;
    }
    for listener in [&mut one, &mut two] {
        for id in 0..10 {
            let batch = listener.recv().await.expect("told");
            assert_eq!(batch[0].kind.task_id(), Some(&TaskId::from(id.to_string())));
            assert_eq!(batch[0].clock, id as u64 + 1, "the Lamport clock counts on");
        }
    }
}

#[tokio::test]
async fn nothing_is_lost_of_a_burst_when_a_listener_is_slow() {
    const BATCHES: usize = 20_000;
    let bus = Arc::new(LocalBus::new());
    let mut slow = bus.events();
    let speaking = {
        let bus = Arc::clone(&bus);
        let speaker = Speaker::new("umbel@test", Arc::new(ManualClock::new()));
        tokio::spawn(async move {
            for id in 0..BATCHES {
                bus.publish(vec![started(&speaker, id)]).await;
            }
        })
    };
    for _ in 0..BATCHES {
        assert!(slow.recv().await.is_some());
        tokio::task::yield_now().await;
    }
    speaking.await.expect("spoken");
}

#[tokio::test]
async fn a_listener_who_leaves_holds_nobody_up() {
    let bus = LocalBus::new();
    let speaker = Speaker::new("umbel@test", Arc::new(ManualClock::new()));
    drop(bus.events());
    let mut other = bus.events();
    bus.publish(vec![started(&speaker, 1)]).await;
    bus.publish(vec![started(&speaker, 2)]).await;
    assert!(other.recv().await.is_some());
    assert!(other.recv().await.is_some());
}

#[tokio::test]
async fn requests_reach_all_and_replies_only_the_asker() {
    let bus = LocalBus::new();
    let (mut one, mut two) = (bus.requests(), bus.requests());
    let (mut mine, mut other) = (bus.replies("mine"), bus.replies("other"));
    bus.request(Request::new("ping", serde_json::json!({}))).await;
    assert_eq!(one.recv().await.expect("asked").method, "ping");
    assert_eq!(two.recv().await.expect("asked").method, "ping");
    let reply = |ticket: &str| Reply { ticket: ticket.to_owned(), node: "n".to_owned(), value: 1.into() };
    let asked = |ticket: &str| {
        let mut request = Request::new("ping", serde_json::json!({}));
        request.ticket = Some(ticket.to_owned());
        Arc::new(request)
    };
    bus.reply(asked("nobody"), reply("nobody")).await;
    bus.reply(asked("mine"), reply("mine")).await;
    assert_eq!(mine.recv().await.expect("answered").ticket, "mine");
    assert!(other.try_recv().is_err());
}
