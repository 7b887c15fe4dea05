//! How many tasks stand, asked for at once: the runs of schedules are shown by it.

use super::*;
use std::time::Duration;
use umbel::monitor::Phase;

async fn ends(watch: &Watch, ids: &[&str]) -> Vec<Option<(Phase, Option<f64>)>> {
    let ids: Vec<TaskId> = ids.iter().map(|id| TaskId::from(*id)).collect();
    let now = START_MILLIS + watch.clock.elapsed().as_millis() as i64;
    let found = watch.monitor.ends(&ids).await.expect("answers");
    found.into_iter().map(|brief| brief.map(|brief| (brief.phase(now), brief.runtime))).collect()
}

#[tokio::test]
async fn from_memory_and_from_disk_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    let mut later = info("later");
    later.eta = Some(START + 60.0);
    let events = [
        life("done", 0.0),
        vec![at(1.0, sent("sent")), at(2.0, started("runs")), at(3.0, EventKind::TaskSent(later))],
    ];
    watch.say(events.concat()).await;
    let asked = ["runs", "done", "nobody", "later", "sent", "done"];
    let done = Some((Phase::Success, Some(0.3)));
    let expected = [
        Some((Phase::Started, None)),
        done,
        None,
        Some((Phase::Scheduled, None)),
        Some((Phase::Pending, None)),
        done,
    ];
    assert_eq!(ends(&watch, &asked).await, expected);
    watch.end().await;

    let watch = Watch::begin(folder.path()).await;
    assert_eq!(ends(&watch, &asked).await, expected, "nothing of them is in memory after a start");
    watch.clock.advance(Duration::from_secs(61));
    assert_eq!(ends(&watch, &["later"]).await, [Some((Phase::Pending, None))]);
    watch.say(vec![at(70.0, failed("runs"))]).await;
    assert_eq!(ends(&watch, &["runs", "done"]).await, [Some((Phase::Failure, Some(68.0))), done]);
    watch.end().await;
}

#[tokio::test]
async fn mean_runtimes_are_told_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    assert!(watch.monitor.mean_runtimes().is_empty());
    watch
        .say(
            [life("a", 0.0), vec![at(1.0, sent("b")), at(1.0, started("b")), at(2.0, succeeded("b", 0.9))]]
                .concat(),
        )
        .await;
    let means = watch.monitor.mean_runtimes();
    assert_eq!(means.keys().map(|name| &**name).collect::<Vec<_>>(), ["demo.add"]);
    assert!((means["demo.add"] - 0.6).abs() < 1e-6, "{means:?}");
    watch.end().await;
}
