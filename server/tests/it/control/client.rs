//! The client's typed wishes, with a worker and without one.

use super::stage::{NODE, Stage};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use umbel::bus::local::LocalBus;
use umbel::clock::SystemClock;
use umbel::control::{ControlClient, ControlError};

#[tokio::test]
async fn each_wish_comes_back_with_the_workers_words() {
    let stage = Stage::empty().await;
    let (control, node) = (&stage.runtime.control, NODE);
    let said = [
        control.pool_grow(node, 2).await,
        control.pool_shrink(node, 1).await,
        control.add_consumer(node, "video").await,
        control.cancel_consumer(node, "video").await,
        control.rate_limit(Some(node), "proj.add", "10/m").await,
        control.rate_limit(Some(node), "proj.add", "0").await,
        control.time_limit(node, "proj.add", Some(60.0), None).await,
        control.disable_events(node).await,
        control.enable_events(node).await,
    ];
    let said = said.map(|said| said.expect("a consent"));
    let expected = [
        "pool will grow",
        "pool will shrink",
        "add consumer video",
        "no longer consuming from video",
        "new rate limit set successfully",
        "rate limit disabled successfully",
        "time limits set successfully",
        "task events disabled",
        "task events enabled",
    ];
    assert_eq!(said, expected);
}

#[tokio::test]
async fn a_refusal_comes_back_with_the_workers_words() {
    let stage = Stage::empty().await;
    let (control, node) = (&stage.runtime.control, NODE);
    let refused = |said: Result<String, ControlError>| match said {
        Err(ControlError::Refused(words)) => words,
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(refused(control.autoscale(node, 3, 1).await), "ValueError('Autoscale not enabled')");
    assert_eq!(refused(control.rate_limit(Some(node), "proj.nope", "1/s").await), "unknown task");
    assert_eq!(
        refused(control.pool_shrink(node, 4).await),
        "ValueError('the pool has 4 slots and keeps at least one')"
    );
}

#[tokio::test]
async fn all_named_nodes_are_waited_for_and_no_longer() {
    let stage = Stage::empty().await;
    let control = &stage.runtime.control;
    // The clock stands still: only a full set of answers can end this.
    let asked = control.ask_nodes(&[NODE], "ping", json!({}), Duration::from_secs(1)).await;
    assert_eq!(asked.len(), 1);
    assert_eq!(control.ping(Some(NODE), Duration::from_secs(1)).await, [NODE]);
    let stats = control.inspect(Some(NODE), "stats", json!({}), Duration::from_secs(1)).await;
    assert_eq!(stats[0].value["pool"]["max-concurrency"], 4);
}

#[tokio::test(start_paused = true)]
async fn silence_is_told_as_such() {
    let stage = Stage::empty().await;
    let parts = &stage.runtime;
    // A bus nobody else is on.
    let control = ControlClient::new(
        Arc::new(LocalBus::new()),
        Arc::clone(&parts.broker) as Arc<_>,
        Arc::clone(&parts.results) as Arc<_>,
        SystemClock::shared(),
        umbel::bus::Speaker::new("gen1@test", SystemClock::shared()),
    );
    assert!(matches!(control.pool_grow("gone@host", 1).await, Err(ControlError::NoAnswer)));
    assert!(matches!(control.shutdown("gone@host").await, Err(ControlError::NoAnswer)));
    assert!(control.inspect(None, "ping", json!({}), Duration::from_secs(1)).await.is_empty());
}
