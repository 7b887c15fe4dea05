//! Counters over time, with time moved by hand.

use super::*;
use umbel::monitor::{Happening, Kind, Level, Series, Span, coarser};
use umbel::store::history::Words;

const MINUTE: i64 = 60_000;

#[test]
fn a_thing_is_counted_in_each_resolution() {
    let words = Words::default();
    let (name, queue) = (words.intern("demo.add"), words.intern("celery"));
    let mut series = Series::default();
    for second in 0..120 {
        let now = START_MILLIS + second * 1000;
        series.book(now, Happening::Succeeded(Some(second as f64)), Some(&name), Some(&queue), None);
    }
    let now = START_MILLIS + 119_000;
    let seconds = series.points(Level::Second, 600, now);
    assert_eq!(seconds.len(), 600);
    assert_eq!(seconds[599].at, now);
    assert!(seconds[480..].iter().all(|point| point.succeeded == 1));
    assert!(seconds[..480].iter().all(|point| point.succeeded == 0));
    let minutes = series.points(Level::Minute, 3, now);
    assert_eq!(minutes.iter().map(|point| point.succeeded).collect::<Vec<_>>(), [0, 60, 60]);
    assert_eq!(minutes[2].runtime_max, 119.0);
    assert_eq!(minutes[1].runtime, f64::from((0..60).sum::<i32>()));
    assert_eq!(series.sum(Level::Hour, 2, now).succeeded, 120);
    let by_queue: Vec<_> = series.points_by(Kind::Queue, Level::Minute, 2, now).collect();
    assert_eq!((by_queue.len(), by_queue[0].0), (1, queue.number));
    assert_eq!(series.points_by(Kind::Worker, Level::Minute, 2, now).count(), 0);
}

#[test]
fn what_is_long_ago_is_forgotten() {
    let words = Words::default();
    let name = words.intern("demo.add");
    let mut series = Series::default();
    series.book(START_MILLIS, Happening::Sent, Some(&name), None, None);
    let later = START_MILLIS + 1440 * MINUTE;
    series.book(later, Happening::Sent, None, None, None);
    assert_eq!(series.sum(Level::Minute, 1440, later).sent, 1, "a day has 1440 minutes");
    assert_eq!(series.sum(Level::Hour, 720, later).sent, 2);
    series.tidy(START_MILLIS + 720 * 60 * MINUTE);
    assert_eq!(series.points_by(Kind::Name, Level::Hour, 1, later).count(), 0);
}

#[test]
fn too_many_names_share_a_track() {
    let words = Words::default();
    let mut series = Series::default();
    for number in 0..500 {
        let name = words.intern(&format!("name {number}"));
        series.book(START_MILLIS, Happening::Failed(None), Some(&name), None, None);
    }
    let tracks: Vec<_> = series.points_by(Kind::Name, Level::Minute, 1, START_MILLIS).collect();
    assert_eq!(tracks.len(), 201);
    assert_eq!(tracks.iter().map(|(_, points)| points[0].failed).sum::<u64>(), 500, "none is lost");
}

#[test]
fn points_can_be_made_coarser() {
    let mut series = Series::default();
    for minute in 0..30 {
        series.book(START_MILLIS + minute * MINUTE, Happening::Revoked, None, None, None);
    }
    let points = series.points(Level::Minute, 30, START_MILLIS + 29 * MINUTE);
    let coarse = coarser(&points, 15);
    assert_eq!(coarse.iter().map(|point| point.revoked).collect::<Vec<_>>(), [15, 15]);
    assert_eq!(coarse[0].at, START_MILLIS);
}

#[tokio::test]
async fn rollups_outlive_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    let clock = watch.clock.clone();
    watch.say([life("a", 0.0), life("b", 0.0)].concat()).await;
    watch.say(vec![at(1.0, failed("c"))]).await;
    let before = watch.monitor.overview(Span::Hour);
    watch.end().await;

    let watch = Watch::begin_with(folder.path(), clock, MonitorSettings::default()).await;
    let after = watch.monitor.overview(Span::Hour);
    assert_eq!(after.series, before.series);
    assert_eq!(after.series.last().map(|point| (point.sent, point.succeeded, point.failed)), Some((3, 2, 1)));
    assert_eq!(after.names[0].name.to_string(), "demo.add");
    assert_eq!(after.counts.failed_last_hour, 1);
    watch.end().await;
}
