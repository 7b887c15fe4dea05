//! What people do to entries, and what a file brings.

use super::on_both;
use super::stage::{Kind, Stage, every, with};
use serde_json::json;
use umbel::beat::{BeatError, MarkKind, Origin};

on_both!(
    added_changed_and_deleted,
    what_a_file_brings_is_read_only,
    what_a_file_does_not_bring_any_more_is_gone,
    run_now_uses_the_entrys_own_options,
    another_process_sees_it,
    wrong_entries_are_refused,
);

async fn added_changed_and_deleted(kind: Kind) {
    let stage = Stage::new(kind).await;
    let process = stage.start("a", &[]).await;
    let beat = &process.beat;
    assert!(beat.put("entry", every(10.0), None).await.expect("added"));
    process.noticed("entry").await;
    assert!(matches!(beat.put("entry", every(10.0), None).await, Err(BeatError::Taken)));
    stage.pass(10).await;
    assert!(!beat.put("entry", every(20.0), Some("entry")).await.expect("changed"));
    process.noticed("entry").await;
    stage.pass(20).await;
    assert_eq!(stage.dues().await, [10.0, 30.0], "it counts from the change on");
    beat.put("renamed", every(20.0), Some("entry")).await.expect("renamed");
    process.noticed("renamed").await;
    assert!(beat.entry("entry").is_none());
    stage.pass(20).await;
    assert_eq!(stage.dues().await, [10.0, 30.0, 50.0]);
    beat.remove("renamed").await.expect("deleted");
    stage.pass(60).await;
    assert_eq!(stage.messages().await.len(), 3);
    assert!(matches!(beat.remove("renamed").await, Err(BeatError::NotFound)));
    process.stop().await;
}

async fn what_a_file_brings_is_read_only(kind: Kind) {
    let stage = Stage::new(kind).await;
    let entries = [("entry", every(10.0))];
    let process = stage.start("a", &entries).await;
    assert!(matches!(process.beat.remove("entry").await, Err(BeatError::ReadOnly(Origin::File { .. }))));
    let changed = process.beat.put("entry", every(20.0), Some("entry")).await;
    assert!(matches!(changed, Err(BeatError::ReadOnly(_))));
    process.beat.pause("entry", true).await.expect("it can be paused");
    process.noticed("entry").await;
    stage.pass(20).await;
    process.stop().await;
    let process = stage.start("a", &entries).await;
    assert!(process.beat.entry("entry").expect("there").paused, "a restart does not switch it on again");
    stage.pass(20).await;
    assert_eq!(stage.messages().await.len(), 0);
    process.stop().await;
}

async fn what_a_file_does_not_bring_any_more_is_gone(kind: Kind) {
    let stage = Stage::new(kind).await;
    let process = stage.start("a", &[("kept", every(10.0)), ("gone", every(10.0))]).await;
    process.beat.put("by hand", every(10.0), None).await.expect("added");
    process.stop().await;
    let process = stage.start("a", &[("kept", every(10.0)), ("by hand", every(5.0))]).await;
    assert!(process.beat.entry("gone").is_none());
    let by_hand = process.beat.entry("by hand").expect("it is still there");
    assert!(by_hand.is_stored(), "a file does not take away what was added by hand");
    process.stop().await;
}

async fn run_now_uses_the_entrys_own_options(kind: Kind) {
    let stage = Stage::new(kind).await;
    let entry = with(every(1_000.0), json!({"options": {"queue": "net", "priority": 3}}));
    let process = stage.start("a", &[("entry", entry)]).await;
    stage.rest().await;
    let before = process.beat.entry("entry").expect("there").next;
    let id = process.beat.run_now("entry").await.expect("sent");
    let messages = stage.messages_in("net").await;
    assert_eq!((&messages[0].headers.id, messages[0].priority), (&id, 3));
    assert_eq!(process.marks("entry")[0].kind, MarkKind::ByHand);
    assert_eq!(process.beat.entry("entry").expect("there").next, before, "what it is due for stays");
    assert!(matches!(process.beat.run_now("nothing").await, Err(BeatError::NotFound)));
    process.stop().await;
}

async fn another_process_sees_it(kind: Kind) {
    let stage = Stage::new(kind).await;
    let leader = stage.start("a", &[]).await;
    assert!(leader.beat.standing().is_us);
    let other = stage.start("b", &[]).await;
    other.beat.put("entry", every(10.0), None).await.expect("added");
    stage.pass(4).await;
    assert!(leader.beat.entry("entry").is_some_and(|entry| entry.head.is_some()), "the leader has begun it");
    stage.pass(10).await;
    assert_eq!(stage.messages().await.len(), 1);
    stage.pass(4).await;
    assert_eq!(other.marks("entry").len(), 1, "the other one sees what was sent");
    other.stop().await;
    leader.stop().await;
}

async fn wrong_entries_are_refused(kind: Kind) {
    let stage = Stage::new(kind).await;
    let process = stage.start("a", &[]).await;
    let long = "x".repeat(256);
    let huge = "x".repeat(300 << 10);
    for (name, entry, field) in [
        ("", every(1.0), "name"),
        ("a\nb", every(1.0), "name"),
        ("..", every(1.0), "name"),
        ("new", every(1.0), "name"),
        (long.as_str(), every(1.0), "name"),
        ("ok", json!({"task": "proj.add", "schedule": "nonsense"}), "schedule"),
        ("ok", with(every(1.0), json!({"timezone": "Mars/Olympus"})), "timezone"),
    ] {
        let refused = process.beat.put(name, entry, None).await;
        let Err(BeatError::Wrong(mistakes)) = refused else { panic!("{name:?}: {refused:?}") };
        assert!(mistakes[0].field.starts_with(field), "{name:?}: {mistakes:?}");
    }
    let refused = process.beat.put("ok", with(every(1.0), json!({"args": [huge]})), None).await;
    assert!(matches!(refused, Err(BeatError::Wrong(_))), "{refused:?}");
    assert_eq!(process.beat.with_entries(|all| all.len()), 0);
    process.stop().await;
}
