//! What every broker promises.

use super::message;
use super::world::{Kind, LEASE, world};
use std::sync::Arc;
use std::time::Duration;
use umbel::broker::{Broker, Delivery, Verdict};
use umbel::clock::Clock;
use umbel::protocol::TaskId;

on_both! {
    hands_out_in_order_of_arrival,
    the_most_urgent_comes_first_across_queues,
    a_message_has_one_owner_and_is_gone_after_its_ack,
    two_consumers_never_get_the_same_message,
    what_a_dead_process_held_is_ready_again_and_says_so,
    released_is_first_and_requeued_is_last,
    a_hold_may_replace_the_message,
    ready_returns_when_something_arrives,
    waiting_messages_can_be_withdrawn_and_others_not,
    purging_leaves_what_is_in_hand,
    nothing_is_lost_or_doubled_under_random_acts,
}

fn ids(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|delivery| delivery.message.headers.id.as_str()).collect()
}

async fn hands_out_in_order_of_arrival(kind: Kind) {
    let world = world(kind).await;
    for id in ["1", "2", "3"] {
        world.publish(id, "celery", 0).await;
    }
    assert_eq!(ids(&world.reserve(&["celery"], 2).await), ["1", "2"]);
    assert_eq!(ids(&world.reserve(&["celery"], 2).await), ["3"]);
    assert_eq!(ids(&world.reserve(&["celery"], 2).await), Vec::<&str>::new());
}

async fn the_most_urgent_comes_first_across_queues(kind: Kind) {
    let world = world(kind).await;
    world.publish("late", "a", 9).await;
    world.publish("middle", "b", 5).await;
    world.publish("urgent", "b", 0).await;
    world.publish("other", "c", 0).await;
    assert_eq!(ids(&world.reserve(&["a", "b"], 10).await), ["urgent", "middle", "late"]);
    assert_eq!(world.depth("c").await, (1, 0, 0), "a queue nobody asked for is not touched");
}

async fn a_message_has_one_owner_and_is_gone_after_its_ack(kind: Kind) {
    let world = world(kind).await;
    world.publish("1", "celery", 0).await;
    let taken = world.reserve(&["celery"], 10).await;
    assert!(!taken[0].redelivered);
    assert_eq!(world.depth("celery").await, (0, 0, 1));
    assert!(world.reserve(&["celery"], 10).await.is_empty());
    world.settle(&taken[0], Verdict::Ack).await;
    assert_eq!(world.depth("celery").await, (0, 0, 0));
    let world = world.restart().await;
    assert!(world.reserve(&["celery"], 10).await.is_empty(), "acknowledged for good");
}

async fn two_consumers_never_get_the_same_message(kind: Kind) {
    let world = world(kind).await;
    let batch = (0..500).map(|n| message(&n.to_string(), "celery", 0)).collect();
    world.broker.publish(batch).await.expect("published");
    let take = |broker: Arc<dyn Broker>| async move {
        let mut seen = Vec::new();
        loop {
            let taken = broker.reserve(&["celery".to_owned()], 7).await.expect("reserved");
            if taken.is_empty() {
                return seen;
            }
            seen.extend(taken.into_iter().map(|delivery| delivery.message.headers.id));
        }
    };
    let (mut one, two) = tokio::join!(take(Arc::clone(&world.broker)), take(Arc::clone(&world.broker)));
    one.extend(two);
    one.sort();
    one.dedup();
    assert_eq!(one.len(), 500);
}

async fn what_a_dead_process_held_is_ready_again_and_says_so(kind: Kind) {
    let world = world(kind).await;
    world.publish("1", "celery", 0).await;
    assert_eq!(world.reserve(&["celery"], 1).await.len(), 1);
    let world = world.restart().await;
    let again = world.reserve(&["celery"], 1).await;
    assert_eq!(ids(&again), ["1"]);
    assert!(again[0].redelivered);
}

#[tokio::test]
async fn an_embedded_lease_that_is_not_renewed_ends() {
    let world = world(Kind::Sqlite).await;
    for id in ["kept", "lost"] {
        world.publish(id, "celery", 0).await;
    }
    let taken = world.reserve(&["celery"], 2).await;
    world.clock.advance(LEASE / 2);
    world.broker.extend(vec![taken[0].tag]).await.expect("extended");
    world.clock.advance(LEASE / 2);
    assert_eq!(world.broker.recover().await.expect("recovered"), 1);
    let again = world.reserve(&["celery"], 2).await;
    assert_eq!(ids(&again), ["lost"]);
    assert!(again[0].redelivered);

    // The former owner speaks too late: nothing happens to the message that now is somebody else's.
    world.settle(&taken[1], Verdict::Ack).await;
    assert_eq!(world.depth("celery").await, (0, 0, 2));
}

async fn released_is_first_and_requeued_is_last(kind: Kind) {
    let world = world(kind).await;
    for id in ["1", "2", "3"] {
        world.publish(id, "celery", 0).await;
    }
    let taken = world.reserve(&["celery"], 2).await;
    world.settle(&taken[0], Verdict::Release).await;
    world.settle(&taken[1], Verdict::Requeue).await;
    let again = world.reserve(&["celery"], 3).await;
    assert_eq!(ids(&again), ["1", "3", "2"]);
    assert_eq!(again.iter().map(|d| d.redelivered).collect::<Vec<_>>(), [false, false, true]);
}

#[tokio::test]
async fn an_embedded_broker_holds_an_eta_that_outlives_the_process() {
    let world = world(Kind::Sqlite).await;
    let mut held = message("1", "celery", 0);
    held.headers.eta = Some(world.clock.now() + chrono::TimeDelta::seconds(60));
    world.broker.publish(vec![held]).await.expect("published");
    assert_eq!(world.depth("celery").await, (0, 1, 0));
    assert!(world.reserve(&["celery"], 1).await.is_empty());

    let world = world.restart().await;
    assert_eq!(world.depth("celery").await, (0, 1, 0));
    let stop = tokio_util::sync::CancellationToken::new();
    let releasing = tokio::spawn((world.release_due)(stop.clone()));
    world.clock.advance(Duration::from_secs(60));
    let queues = ["celery".to_owned()];
    while world.depth("celery").await != (1, 0, 0) {
        world.broker.ready(&queues, Duration::from_secs(3600)).await;
    }
    assert_eq!(ids(&world.reserve(&["celery"], 1).await), ["1"]);
    stop.cancel();
    releasing.await.expect("stopped");
}

async fn a_hold_may_replace_the_message(kind: Kind) {
    let world = world(kind).await;
    world.publish("1", "celery", 0).await;
    let taken = world.reserve(&["celery"], 1).await.remove(0);
    let mut next = taken.message.clone();
    next.headers.retries = 1;
    next.queue = "slow".to_owned();
    let until = world.clock.now();
    world.settle(&taken, Verdict::Hold { until, replace: Some(Box::new(next)) }).await;
    assert_eq!(world.depth("celery").await, (0, 0, 0));
    assert_eq!(world.depth("slow").await, (0, 1, 0));
    let world = world.restart().await;
    let stop = tokio_util::sync::CancellationToken::new();
    let releasing = tokio::spawn((world.release_due)(stop.clone()));
    let queues = ["slow".to_owned()];
    while world.depth("slow").await.0 == 0 {
        world.broker.ready(&queues, Duration::from_secs(3600)).await;
    }
    let again = world.reserve(&["slow"], 1).await.remove(0);
    assert_eq!(again.message.headers.retries, 1);
    assert!(!again.redelivered, "a retry is a fresh delivery");
    stop.cancel();
    releasing.await.expect("stopped");
}

async fn ready_returns_when_something_arrives(kind: Kind) {
    let world = world(kind).await;
    let queues = ["celery".to_owned()];
    let broker = Arc::clone(&world.broker);
    let waiting = {
        let broker = Arc::clone(&broker);
        tokio::spawn(async move { broker.ready(&["celery".to_owned()], Duration::from_secs(3600)).await })
    };
    world.publish("1", "celery", 0).await;
    waiting.await.expect("woken by the message, for the clock stands still");
    broker.ready(&queues, Duration::from_secs(3600)).await;
}

async fn waiting_messages_can_be_withdrawn_and_others_not(kind: Kind) {
    let world = world(kind).await;
    for id in ["taken", "ready"] {
        world.publish(id, "celery", 0).await;
    }
    let mut held = message("held", "celery", 3);
    held.headers.eta = Some(world.clock.now() + chrono::TimeDelta::seconds(60));
    world.broker.publish(vec![held]).await.expect("published");
    assert_eq!(world.reserve(&["celery"], 1).await.len(), 1);
    let all = ["taken", "ready", "held", "unknown"].map(TaskId::from).to_vec();
    let withdrawn = world.admin.withdraw(all).await.expect("withdrawn");
    let names: Vec<&str> = withdrawn.iter().map(|message| message.headers.id.as_str()).collect();
    assert_eq!(names, ["ready", "held"]);
    assert_eq!(withdrawn[1].priority, 3);
    assert_eq!(world.depth("celery").await, (0, 0, 1));
}

async fn purging_leaves_what_is_in_hand(kind: Kind) {
    let world = world(kind).await;
    for id in ["1", "2", "3"] {
        world.publish(id, "celery", 0).await;
    }
    assert_eq!(world.reserve(&["celery"], 1).await.len(), 1);
    assert_eq!(world.admin.purge("celery".to_owned()).await.expect("purged"), 2);
    assert_eq!(world.admin.purge("nobody".to_owned()).await.expect("purged"), 0);
    assert_eq!(world.depth("celery").await, (0, 0, 1));
}

#[tokio::test]
async fn an_embedded_broker_tells_the_age_of_the_oldest() {
    let world = world(Kind::Sqlite).await;
    let sent = world.clock.now();
    world.publish("old", "celery", 9).await;
    world.clock.advance(Duration::from_secs(5));
    world.publish("new", "celery", 0).await;
    let status = world.admin.queues().await.expect("queues").remove(0);
    assert_eq!(status.oldest, Some(sent));
}

async fn nothing_is_lost_or_doubled_under_random_acts(kind: Kind) {
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    // A model: each message is acknowledged exactly once, whatever happens to it on the way.
    let mut runner = TestRunner::deterministic();
    for _ in 0..6 {
        let acts = prop::collection::vec(0..4u8, 80).new_tree(&mut runner).expect("a tree").current();
        let mut world = world(kind).await;
        let (mut sent, mut done) = (0, Vec::new());
        for act in acts {
            match act {
                0 => {
                    world
                        .publish(&sent.to_string(), "celery", u8::try_from(sent % 10).expect("a digit"))
                        .await;
                    sent += 1;
                }
                1 => {
                    for delivery in world.reserve(&["celery"], 3).await {
                        done.push(delivery.message.headers.id.to_string());
                        world.settle(&delivery, Verdict::Ack).await;
                    }
                }
                2 => {
                    for (place, delivery) in world.reserve(&["celery"], 3).await.iter().enumerate() {
                        let verdict = if place % 2 == 0 { Verdict::Release } else { Verdict::Requeue };
                        world.settle(delivery, verdict).await;
                    }
                }
                _ => {
                    assert!(world.reserve(&["celery"], 2).await.len() <= 2);
                    world = world.restart().await;
                }
            }
        }
        world = world.restart().await;
        for delivery in world.reserve(&["celery"], usize::from(u16::MAX)).await {
            done.push(delivery.message.headers.id.to_string());
        }
        done.sort();
        let mut expected: Vec<String> = (0..sent).map(|n| n.to_string()).collect();
        expected.sort();
        assert_eq!(done, expected);
    }
}
