//! What is due is sent, once and at its time.

use super::on_both;
use super::stage::{Kind, Stage, every, with};
use serde_json::json;
use umbel::beat::MarkKind;

on_both!(
    an_interval_counts_from_its_first_start,
    intervals_do_not_drift,
    below_a_second,
    a_moment_comes_once,
    as_many_as_may_run,
    a_bad_entry_harms_no_other,
    a_thousand_at_once,
);

async fn an_interval_counts_from_its_first_start(kind: Kind) {
    let stage = Stage::new(kind).await;
    let process = stage.start("a", &[("often", every(10.0))]).await;
    stage.pass(9).await;
    assert_eq!(stage.dues().await, [0.0; 0], "nothing was due before the first interval is over");
    stage.pass(21).await;
    assert_eq!(stage.dues().await, [10.0, 20.0, 30.0]);
    let marks = process.marks("often");
    assert!(marks.iter().all(|mark| mark.kind == MarkKind::OnTime), "{marks:?}");
    let ids: Vec<_> = stage.messages().await.into_iter().map(|message| message.headers.id).collect();
    let head = process.beat.entry("often").expect("there").head.expect("begun");
    let told: Vec<_> = marks.iter().map(|mark| head.task_id(mark.due)).collect();
    assert_eq!(ids, told, "an occurrence tells the id of its task");
    process.stop().await;
}

async fn intervals_do_not_drift(kind: Kind) {
    let stage = Stage::new(kind).await;
    let process = stage.start("a", &[("often", every(2.5))]).await;
    // The scheduler looks only every second here, so each second run is half a second late.
    stage.pass(10).await;
    assert_eq!(stage.dues().await, [2.5, 5.0, 7.5, 10.0]);
    process.stop().await;
}

async fn below_a_second(kind: Kind) {
    let stage = Stage::new(kind).await;
    let process =
        stage.start("a", &[("fast", with(every(0.25), json!({"missed": "all", "missed_limit": 10})))]).await;
    stage.pass(2).await;
    assert_eq!(stage.dues().await, [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0]);
    process.stop().await;
}

async fn a_moment_comes_once(kind: Kind) {
    let stage = Stage::new(kind).await;
    let at = |text: &str| json!({"task": "proj.add", "schedule": {"at": text}});
    let entries = [("soon", at("2026-01-01T12:00:05Z")), ("gone", at("2025-12-31T12:00:00Z"))];
    let process = stage.start("a", &entries).await;
    stage.pass(10).await;
    assert_eq!(stage.dues().await, [5.0]);
    assert_eq!(process.beat.entry("soon").expect("there").next, None);
    assert_eq!(process.beat.entry("gone").expect("there").next, None);
    process.stop().await;
    let process = stage.start("a", &entries).await;
    stage.pass(10).await;
    assert_eq!(stage.dues().await, [5.0], "a restart does not repeat it");
    process.stop().await;
}

async fn as_many_as_may_run(kind: Kind) {
    let stage = Stage::new(kind).await;
    let process = stage.start("a", &[("slow", with(every(10.0), json!({"max_running": 2})))]).await;
    stage.pass(40).await;
    assert_eq!(stage.dues().await, [10.0, 20.0], "the third has to wait for one to end");
    stage.all_end().await;
    stage.pass(10).await;
    assert_eq!(stage.dues().await, [10.0, 20.0, 50.0]);
    let kinds: Vec<_> = process.marks("slow").iter().map(|mark| (mark.kind, mark.count)).collect();
    let (sent, overlap) = ((MarkKind::OnTime, 1), (MarkKind::Overlap, 2));
    assert_eq!(kinds, [sent, sent, overlap, sent]);
    process.stop().await;
    // Nobody ever hears of the end of the last one; in the end it is taken for lost.
    stage.clock.advance(std::time::Duration::from_secs(2 * 86_400));
    let process = stage.start("a", &[("slow", with(every(10.0), json!({"max_running": 1})))]).await;
    assert_eq!(stage.messages().await.len(), 4);
    process.stop().await;
}

async fn a_bad_entry_harms_no_other(kind: Kind) {
    let stage = Stage::new(kind).await;
    let bad = [
        ("no task", json!({"schedule": 10})),
        ("no cron", json!({"task": "proj.add", "schedule": "61 * * * *"})),
        ("no zone", with(every(10.0), json!({"timezone": "Europe/Berlni"}))),
        ("no object", json!(7)),
    ];
    let mut entries = bad.to_vec();
    entries.push(("good", every(10.0)));
    let process = stage.start("a", &entries).await;
    stage.pass(10).await;
    assert_eq!(stage.dues().await, [10.0]);
    for (name, _) in bad {
        let entry = process.beat.entry(name).expect("a bad entry is shown too");
        let mistakes = entry.definition.expect_err("it is wrong");
        assert!(mistakes.iter().all(|mistake| !mistake.sentence.is_empty()), "{name}: {mistakes:?}");
    }
    process.stop().await;
}

async fn a_thousand_at_once(kind: Kind) {
    let stage = Stage::new(kind).await;
    let names: Vec<String> = (0..1_500).map(|number| format!("entry {number}")).collect();
    let entries: Vec<_> = names.iter().map(|name| (name.as_str(), every(10.0))).collect();
    let process = stage.start("a", &entries).await;
    stage.rest().await;
    stage.pass(10).await;
    let messages = stage.messages().await;
    let ids: std::collections::HashSet<_> = messages.iter().map(|message| &message.headers.id).collect();
    assert_eq!((messages.len(), ids.len()), (1_500, 1_500));
    process.stop().await;
}

/// Somebody keeps a text where the list of a queue should be, so Redis refuses whatever is sent there.
#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_is_refused_harms_no_other() {
    let stage = Stage::new(Kind::Redis).await;
    let mut connection = stage.redis().connect();
    ::redis::cmd("SET").arg("net").arg("no list").query::<()>(&mut connection).expect("set");
    let refused = with(every(10.0), json!({"options": {"queue": "net"}}));
    let process = stage.start("a", &[("good", every(10.0)), ("refused", refused)]).await;
    stage.pass(20).await;
    assert_eq!(stage.dues().await, [10.0, 20.0]);
    assert_eq!(process.marks("refused"), []);
    ::redis::cmd("DEL").arg("net").query::<()>(&mut connection).expect("deleted");
    stage.pass(5).await;
    assert_eq!(stage.messages_in("net").await.len(), 1, "it is tried again until it can be sent");
    process.stop().await;
}
