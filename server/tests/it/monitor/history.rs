//! What is remembered: lists, single tasks, across restarts, and for how long.

use super::*;
use std::time::Duration;
use umbel::monitor::{Phase, Place, Sort, TaskQuery};

async fn ids(monitor: &Monitor, query: TaskQuery) -> Vec<String> {
    let page = monitor.tasks(query).await.expect("answers");
    page.tasks.iter().map(|task| task.id.to_string()).collect()
}

#[tokio::test]
async fn a_task_is_told_in_full() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    let mut first = info("t");
    first.body = Some(bytes::Bytes::from_static(b"[[1,2],{},{}]"));
    watch.say(vec![said_by("gen1@host", 0.0, EventKind::TaskSent(first))]).await;
    watch.monitor.flush().await;
    watch.say(vec![at(1.0, received("t")), at(2.0, started("t")), at(3.0, retried("t"))]).await;
    watch.monitor.flush().await;
    let again = Box::new(TaskInfo { retries: 1, ..*info("t") });
    let other = "other@host";
    watch
        .say(vec![
            said_by(other, 4.0, EventKind::TaskReceived(again)),
            said_by(other, 5.0, started("t")),
            said_by(other, 7.0, succeeded("t", 2.0)),
        ])
        .await;
    let mut manual = info("manual");
    manual.retry_of = Some(TaskId::from("t"));
    watch.say(vec![at(9.0, EventKind::TaskSent(manual))]).await;

    let story = watch.monitor.task("t").await.expect("answers").expect("known");
    assert_eq!(story.record.state.as_str(), "SUCCESS");
    assert_eq!(story.record.result.as_deref(), Some("3"));
    assert_eq!(story.record.exception, None);
    assert_eq!(story.body.as_deref(), Some(&b"[[1,2],{},{}]"[..]));
    let kinds: Vec<_> = story.timeline.iter().map(|entry| entry.kind.as_str()).collect();
    let expected = [
        "task-sent",
        "task-received",
        "task-started",
        "task-retried",
        "task-received",
        "task-started",
        "task-succeeded",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(story.timeline[3].remark.as_deref(), Some("TimeoutError()"));
    assert_eq!(story.timeline[3].worker.as_deref(), Some("w@host"));
    let attempts: Vec<_> = story.attempts.iter().map(|attempt| (attempt.number, attempt.phase)).collect();
    assert_eq!(attempts, [(0, Phase::Retry), (1, Phase::Success)]);
    assert_eq!(story.attempts[0].runtime, Some(1.0));
    assert_eq!(story.attempts[1].worker.as_deref(), Some(other));
    assert_eq!(story.traceback(), Some("Traceback: slow"));
    assert_eq!(story.retried_as, ["manual"]);
    assert_eq!(watch.monitor.task("nobody").await.expect("answers"), None);
    watch.end().await;
}

#[tokio::test]
async fn a_first_attempt_that_succeeds_needs_no_row_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    watch.say(life("t", 0.0)).await;
    let story = watch.monitor.task("t").await.expect("answers").expect("known");
    assert_eq!(story.attempts.len(), 1);
    assert_eq!(story.attempts[0].phase, Phase::Success);
    assert_eq!(story.attempts[0].runtime, Some(0.3));
    let rows =
        watch.history.read(|db| db.query_row("SELECT count(*) FROM attempt", [], |row| row.get(0))).await;
    assert_eq!(rows.map(|count: i64| count).expect("reads"), 0);
    watch.end().await;
}

#[tokio::test]
async fn history_outlives_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    watch.say([life("a", 0.0), life("b", 1.0)].concat()).await;
    let mut later = info("c");
    later.eta = Some(START + 3600.0);
    watch.say(vec![at(2.0, EventKind::TaskSent(later)), at(3.0, started("d"))]).await;
    let query = TaskQuery { limit: 3, ..TaskQuery::default() };
    let before = watch.monitor.tasks(query.clone()).await.expect("answers");
    watch.end().await;

    let watch = Watch::begin(folder.path()).await;
    let after = watch.monitor.tasks(query).await.expect("answers");
    assert_eq!((after.total, after.unfiltered), (4, 4));
    assert_eq!((after.prev, after.next), (before.prev, before.next));
    for (after, before) in after.tasks.iter().zip(&before.tasks) {
        assert_eq!((&after.id, &after.state, &after.name), (&before.id, &before.state, &before.name));
        assert_eq!(after.created_at(), before.created_at());
        assert_eq!(after.started_at(), before.started_at());
        assert_eq!(after.finished_at(), before.finished_at());
        assert_eq!((&after.args, after.eta, after.runtime), (&before.args, before.eta, before.runtime));
    }
    let scheduled = TaskQuery { phases: vec![Phase::Scheduled], ..TaskQuery::default() };
    assert_eq!(ids(&watch.monitor, scheduled).await, ["c"]);
    assert_eq!(watch.monitor.running_on("w@host").await.expect("answers")[0].id.as_str(), "d");
    assert_eq!(watch.monitor.known_names().iter().map(|name| &**name).collect::<Vec<_>>(), ["demo.add"]);
    assert_eq!(watch.monitor.queues().len(), 1);

    watch.say(vec![at(9.0, succeeded("d", 6.0))]).await;
    let story = watch.monitor.task("d").await.expect("answers").expect("known");
    assert_eq!(story.record.state.as_str(), "SUCCESS", "its events go on where they stopped");
    assert_eq!(story.timeline.len(), 2);
    watch.end().await;
}

#[tokio::test]
async fn a_task_that_left_the_memory_is_continued() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = MonitorSettings { recent_tasks: 4, ..MonitorSettings::default() };
    let watch = Watch::begin_with(folder.path(), ManualClock::new(), settings).await;
    watch.say(vec![at(0.0, sent("old")), at(1.0, received("old")), at(2.0, started("old"))]).await;
    watch.monitor.flush().await;
    for number in 0..20 {
        watch.say(life(&format!("t{number}"), f64::from(number))).await;
        watch.monitor.flush().await;
    }
    watch.say(vec![at(50.0, failed("old"))]).await;
    let page = watch.monitor.tasks(TaskQuery { phases: vec![Phase::Failure], ..TaskQuery::default() }).await;
    let page = page.expect("answers");
    assert_eq!((page.total, page.unfiltered), (1, 21), "no second row came into being");
    let story = watch.monitor.task("old").await.expect("answers").expect("known");
    assert_eq!(story.record.name.as_deref(), Some("demo.add"));
    assert_eq!(story.record.runtime, Some(48.0));
    assert_eq!(story.timeline.len(), 4);
    assert_eq!(story.attempts[0].traceback.as_deref(), Some("Traceback: boom"));
    watch.end().await;
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    let mut events = Vec::new();
    for number in 0..10 {
        let id = format!("t{number}");
        let begin = f64::from(number) * 10.0;
        events.push(at(begin, sent(&id)));
        events.push(at(begin + 1.0, started(&id)));
        let end = if number % 3 == 0 { failed(&id) } else { succeeded(&id, f64::from(number)) };
        events.push(at(begin + 1.0 + f64::from(number), end));
    }
    watch.say(events).await;
    let monitor = &watch.monitor;
    let failures = TaskQuery { phases: vec![Phase::Failure], ..TaskQuery::default() };
    assert_eq!(ids(monitor, failures).await, ["t9", "t6", "t3", "t0"]);
    let slow = TaskQuery { sort: Sort::Slowest, limit: 3, ..TaskQuery::default() };
    assert_eq!(ids(monitor, slow.clone()).await, ["t9", "t8", "t7"]);
    let page = monitor.tasks(slow.clone()).await.expect("answers");
    let next = TaskQuery { place: Place::After(page.next.expect("more")), ..slow.clone() };
    assert_eq!(ids(monitor, next.clone()).await, ["t6", "t5", "t4"]);
    let second = monitor.tasks(next).await.expect("answers");
    let back = TaskQuery { place: Place::Before(second.prev.expect("more")), ..slow };
    assert_eq!(ids(monitor, back).await, ["t9", "t8", "t7"]);
    let between = TaskQuery {
        since: Some(START_MILLIS + 20_000),
        until: Some(START_MILLIS + 40_000),
        sort: Sort::Oldest,
        ..TaskQuery::default()
    };
    assert_eq!(ids(monitor, between).await, ["t2", "t3"]);
    let unknown = TaskQuery { name: Some("never heard".to_owned()), ..TaskQuery::default() };
    let page = monitor.tasks(unknown).await.expect("answers");
    assert_eq!((page.tasks.len(), page.total, page.unfiltered), (0, 0, 10));
    let by_worker = TaskQuery { worker: Some("w@host".to_owned()), limit: 2, ..TaskQuery::default() };
    assert_eq!(monitor.tasks(by_worker).await.expect("answers").total, 10);
    watch.end().await;
}

#[tokio::test]
async fn pruning_keeps_the_newest() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = ManualClock::new();
    let settings = MonitorSettings { keep_tasks: 10, ..MonitorSettings::default() };
    let watch = Watch::begin_with(folder.path(), clock.clone(), settings.clone()).await;
    let events = (0..30).flat_map(|number| life(&format!("t{number}"), f64::from(number)));
    watch.say(events.collect()).await;
    watch.monitor.flush().await;
    watch.end().await;

    // The pruner's first round comes with the start.
    let watch = Watch::begin_with(folder.path(), clock, settings).await;
    loop {
        let left =
            watch.history.read(|db| db.query_row("SELECT count(*) FROM task", [], |row| row.get(0))).await;
        if left.map(|count: i64| count).expect("reads") == 10 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let page = watch.monitor.tasks(TaskQuery::default()).await.expect("answers");
    assert_eq!(page.unfiltered, 10);
    assert_eq!(page.tasks[9].id.as_str(), "t20");
    assert_eq!(watch.monitor.task("t3").await.expect("answers"), None);
    watch.end().await;
}

#[tokio::test]
async fn what_is_too_old_goes_within_the_hour() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = ManualClock::new();
    let settings = MonitorSettings { keep_for: Duration::from_secs(1000), ..MonitorSettings::default() };
    let watch = Watch::begin_with(folder.path(), clock.clone(), settings).await;
    watch.say([life("old", 0.0), life("young", 3000.0)].concat()).await;
    watch.monitor.flush().await;
    // The recorder and the pruner, both with nothing to do.
    while clock.sleepers() < 2 {
        tokio::task::yield_now().await;
    }
    clock.advance(Duration::from_secs(3600));
    while watch.monitor.tasks(TaskQuery::default()).await.expect("answers").unfiltered > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(ids(&watch.monitor, TaskQuery::default()).await, ["young"]);
    watch.end().await;
}

#[tokio::test]
async fn a_disk_that_takes_nothing_does_not_stop_the_monitor() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    let full = "CREATE TRIGGER full BEFORE INSERT ON task BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    watch.history.write(move |db| db.execute_batch(full)).await.expect("sets the trap");
    watch.say(life("t", 0.0)).await;
    watch.monitor.flush().await;
    let story = watch.monitor.task("t").await.expect("answers").expect("memory still has it");
    assert_eq!(story.record.state.as_str(), "SUCCESS");
    assert_eq!(watch.monitor.tasks(TaskQuery::default()).await.expect("answers").tasks.len(), 1);

    watch.history.write(|db| db.execute_batch("DROP TRIGGER full")).await.expect("removes the trap");
    watch.monitor.flush().await;
    let story = watch.monitor.task("t").await.expect("answers").expect("known");
    assert_eq!(story.timeline.len(), 4, "nothing was lost");
    watch.end().await;
}

#[tokio::test]
async fn what_was_said_before_the_stop_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::begin(folder.path()).await;
    for number in 0..50 {
        watch.bus.publish(life(&format!("t{number}"), f64::from(number))).await;
    }
    watch.end().await;
    let watch = Watch::begin(folder.path()).await;
    let finished = TaskQuery { phases: vec![Phase::Success], ..TaskQuery::default() };
    assert_eq!(watch.monitor.tasks(finished).await.expect("answers").total, 50);
    watch.end().await;
}

#[tokio::test]
async fn large_bodies_and_long_texts_are_bounded() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = MonitorSettings { keep_body: 100, ..MonitorSettings::default() };
    let watch = Watch::begin_with(folder.path(), ManualClock::new(), settings).await;
    let mut large = info("t");
    large.body = Some(bytes::Bytes::from(vec![b'x'; 101]));
    large.args = "ä".repeat(5000);
    let traceback = Some("ß".repeat(100_000));
    let failed = EventKind::TaskFailed { uuid: TaskId::from("t"), exception: "e".repeat(5000), traceback };
    watch.say(vec![at(0.0, EventKind::TaskSent(large)), at(1.0, failed)]).await;
    let story = watch.monitor.task("t").await.expect("answers").expect("known");
    assert_eq!((story.body, story.record.body_size), (None, Some(101)));
    assert_eq!(story.record.args.as_deref().map(str::len), Some(1024));
    assert_eq!(story.record.exception.as_deref().map(str::len), Some(1024));
    assert_eq!(story.attempts[0].traceback.as_deref().map(str::len), Some(64 * 1024));
    watch.end().await;
}
