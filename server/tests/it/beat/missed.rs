//! After a time in which nobody was there.

use super::on_both;
use super::stage::{Kind, Process, Stage, every, with};
use serde_json::{Value, json};
use std::time::Duration;
use umbel::beat::MarkKind;

on_both!(
    one_run_stands_for_all_as_in_celery,
    all_are_made_up_for,
    none_is_made_up_for,
    a_replaced_leader_is_no_absence,
    a_crontab_has_a_deadline,
    what_is_off_misses_nothing,
);

/// Runs for a while, is away for a while, and is there again.
async fn away(stage: &Stage, entry: &Value, ran: u64, away: u64) -> Process {
    let entries = [("entry", entry.clone())];
    let process = stage.start("a", &entries).await;
    stage.pass(ran).await;
    process.stop().await;
    stage.clock.advance(Duration::from_secs(away));
    let process = stage.start("a", &entries).await;
    stage.rest().await;
    process
}

fn kinds(process: &Process) -> Vec<(MarkKind, u64)> {
    process.marks("entry").iter().map(|mark| (mark.kind, mark.count)).collect()
}

async fn one_run_stands_for_all_as_in_celery(kind: Kind) {
    let stage = Stage::new(kind).await;
    let process = away(&stage, &every(10.0), 10, 55).await;
    assert_eq!(stage.dues().await, [10.0, 60.0]);
    assert_eq!(kinds(&process), [(MarkKind::OnTime, 1), (MarkKind::Missed, 4), (MarkKind::Late, 1)]);
    // 65 is now; the interval begins anew from here.
    stage.pass(10).await;
    assert_eq!(stage.dues().await, [10.0, 60.0, 75.0]);
    process.stop().await;
}

async fn all_are_made_up_for(kind: Kind) {
    let stage = Stage::new(kind).await;
    let entry = with(every(10.0), json!({"missed": "all", "missed_limit": 3}));
    let process = away(&stage, &entry, 10, 55).await;
    assert_eq!(stage.dues().await, [10.0, 40.0, 50.0, 60.0], "the newest three");
    assert_eq!(kinds(&process)[1], (MarkKind::Missed, 2));
    stage.pass(5).await;
    assert_eq!(stage.dues().await.last(), Some(&70.0), "it keeps to its grid");
    process.stop().await;
}

async fn none_is_made_up_for(kind: Kind) {
    let stage = Stage::new(kind).await;
    let process = away(&stage, &with(every(100.0), json!({"missed": "skip"})), 100, 150).await;
    assert_eq!(stage.dues().await, [100.0]);
    assert_eq!(kinds(&process), [(MarkKind::OnTime, 1), (MarkKind::Missed, 1)]);
    stage.pass(50).await;
    assert_eq!(stage.dues().await, [100.0, 300.0]);
    process.stop().await;
}

async fn a_replaced_leader_is_no_absence(kind: Kind) {
    let stage = Stage::new(kind).await;
    let process = away(&stage, &with(every(100.0), json!({"missed": "skip"})), 95, 15).await;
    assert_eq!(stage.dues().await, [100.0], "ten seconds late is late, not missed");
    assert_eq!(kinds(&process), [(MarkKind::Late, 1)]);
    process.stop().await;
}

async fn a_crontab_has_a_deadline(kind: Kind) {
    let stage = Stage::new(kind).await;
    let hourly = json!({"task": "proj.add", "schedule": "0 * * * *"});
    let deadline = |limit: u64| {
        let entries = [("entry", hourly.clone())];
        let stage = &stage;
        async move {
            stage
                .start_with("a", &entries, |parts| {
                    parts.settings.starting_deadline = Some(Duration::from_secs(limit));
                })
                .await
        }
    };
    let process = deadline(60).await;
    stage.rest().await;
    process.stop().await;
    stage.clock.advance(Duration::from_secs(3600 + 120));
    let process = deadline(60).await;
    stage.rest().await;
    assert_eq!(stage.dues().await, [0.0; 0], "two minutes late is too late");
    assert_eq!(kinds(&process), [(MarkKind::Missed, 1)]);
    process.stop().await;
    stage.clock.advance(Duration::from_secs(3600));
    let process = deadline(600).await;
    stage.rest().await;
    assert_eq!(stage.dues().await, [7200.0]);
    process.stop().await;
}

async fn what_is_off_misses_nothing(kind: Kind) {
    let stage = Stage::new(kind).await;
    let process = stage.start("a", &[("entry", every(10.0))]).await;
    stage.pass(10).await;
    process.beat.pause("entry", true).await.expect("paused");
    process.noticed("entry").await;
    stage.pass(95).await;
    process.beat.pause("entry", false).await.expect("resumed");
    process.noticed("entry").await;
    stage.pass(20).await;
    assert_eq!(stage.dues().await, [10.0, 115.0, 125.0], "it counts from the moment it was switched on");
    assert!(kinds(&process).iter().all(|(kind, _)| *kind == MarkKind::OnTime), "{:?}", kinds(&process));
    process.stop().await;
}
