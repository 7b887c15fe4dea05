//! The live feed of a running monitor.

use super::*;

#[tokio::test]
async fn a_reader_resumes_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    let first = watch.say(life("a", 0.0)).await;
    assert_eq!(first.tasks.len(), 1, "four events of one task are one change");
    assert_eq!(first.tasks[0].state.as_str(), "SUCCESS");
    watch.say(vec![at(1.0, started("b"))]).await;
    watch.say(vec![at(2.0, heartbeat())]).await;
    let feed = watch.monitor.feed();
    let resumed = feed.next(first.seq).await;
    assert!(!resumed.gap);
    assert_eq!(resumed.tasks.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(resumed.workers.len(), 1);
    let nothing = feed.since(resumed.seq);
    assert_eq!((nothing.tasks.len(), nothing.gap), (0, false));
    drop(feed);
    watch.end().await;
}

#[tokio::test]
async fn a_reader_from_an_earlier_life_is_told_of_the_gap() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    let seen = watch.say(life("a", 0.0)).await.seq;
    let clock = watch.clock.clone();
    watch.end().await;
    clock.advance(std::time::Duration::from_secs(5));
    let watch = Watch::begin_with(folder.path(), clock, MonitorSettings::default()).await;
    let delta = watch.monitor.feed().next(seen).await;
    assert!(delta.gap);
    assert_eq!(delta.seq, watch.monitor.seq());
    watch.end().await;
}

#[tokio::test]
async fn a_flood_is_one_bounded_delta() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    let seen = watch.monitor.seq();
    let flood = (0..1000).map(|number| at(f64::from(number), sent(&format!("t{number}")))).collect();
    let delta = watch.say(flood).await;
    assert!(delta.seq > seen);
    assert_eq!((delta.tasks.len(), delta.more), (200, 800));
    assert_eq!(delta.tasks[0].id.as_str(), "t999", "the latest first");
    watch.end().await;
}

#[tokio::test]
async fn silence_is_told_when_time_passes() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    let seen = watch.say(vec![at(0.0, heartbeat())]).await.seq;
    watch.clock.advance(std::time::Duration::from_secs(10));
    let delta = watch.monitor.feed().next(seen).await;
    assert!(!delta.workers[0].online);
    assert_eq!(watch.monitor.counts().workers_online, 0);
    watch.end().await;
}
