//! The rules by which events make a task's state.

use super::*;
use proptest::prelude::*;
use umbel::monitor::{Cluster, Phase};

fn cluster() -> Cluster {
    Cluster::new(1024, 1000, 0)
}

fn state_after(events: &[Event]) -> String {
    let mut cluster = cluster();
    for event in events {
        cluster.apply(event, START_MILLIS);
    }
    cluster.task("t").expect("it was spoken of").state.as_str().to_owned()
}

/// What happens, in the order of arrival with the second it happened in, and the state that follows.
#[test]
fn states_follow_from_what_happened_when() {
    let table: &[(&str, Vec<(f64, EventKind)>)] = &[
        ("PENDING", vec![(0.0, sent("t"))]),
        ("RECEIVED", vec![(0.0, sent("t")), (1.0, received("t"))]),
        ("STARTED", vec![(1.0, received("t")), (2.0, started("t"))]),
        ("STARTED", vec![(2.0, started("t")), (1.0, received("t")), (0.0, sent("t"))]),
        ("SUCCESS", vec![(3.0, succeeded("t", 1.0)), (2.0, started("t"))]),
        ("SUCCESS", vec![(3.0, failed("t")), (2.0, succeeded("t", 1.0))]),
        ("FAILURE", vec![(3.0, failed("t")), (2.0, revoked("t")), (4.0, progress("t", 1))]),
        ("PROGRESS", vec![(2.0, started("t")), (3.0, progress("t", 1))]),
        ("PROGRESS", vec![(3.0, progress("t", 1)), (2.0, started("t"))]),
        ("STARTED", vec![(3.0, progress("t", 1)), (4.0, started("t"))]),
        ("REVOKED", vec![(2.0, started("t")), (3.0, progress("t", 1)), (4.0, revoked("t"))]),
        ("RETRY", vec![(2.0, started("t")), (3.0, retried("t"))]),
        ("RETRY", vec![(3.0, retried("t")), (2.0, started("t")), (1.0, received("t"))]),
        ("RECEIVED", vec![(3.0, retried("t")), (4.0, received("t")), (2.0, started("t"))]),
        ("STARTED", vec![(5.0, started("t")), (3.0, retried("t"))]),
        ("REJECTED", vec![(2.0, started("t")), (3.0, rejected("t", false))]),
        ("PENDING", vec![(2.0, started("t")), (3.0, rejected("t", true))]),
        ("PENDING", vec![(2.0, started("t")), (3.0, cancelled("t"))]),
        ("STARTED", vec![(3.0, cancelled("t")), (2.0, started("t")), (4.0, started("t"))]),
    ];
    for (expected, story) in table {
        let events: Vec<Event> = story.iter().map(|(second, kind)| at(*second, kind.clone())).collect();
        assert_eq!(state_after(&events), *expected, "{story:?}");
    }
}

#[test]
fn within_one_microsecond_the_logical_clock_decides() {
    let mut events = vec![at(1.0, started("t")), at(1.0, retried("t")), at(1.0, received("t"))];
    for (event, clock) in events.iter_mut().zip(1..) {
        event.clock = clock;
    }
    assert_eq!(state_after(&events), "RECEIVED");
    events.reverse();
    assert_eq!(state_after(&events), "RECEIVED");
    assert_eq!(state_after(&events[1..]), "RETRY");
}

#[test]
fn a_worker_may_receive_the_next_attempt_before_it_tells_of_the_last() {
    let received = |retries| {
        let mut told = info("t");
        told.retries = retries;
        EventKind::TaskReceived(told)
    };
    let kinds = [
        received(0),
        started("t"),
        received(1),
        retried("t"),
        started("t"),
        received(2),
        retried("t"),
        started("t"),
        succeeded("t", 1.0),
    ];
    let mut cluster = cluster();
    for (kind, second) in kinds.into_iter().zip(0..) {
        cluster.apply(&at(f64::from(second), kind), START_MILLIS);
    }
    let record = cluster.task("t").expect("it was spoken of");
    assert_eq!((record.state.as_str(), record.retries), ("SUCCESS", 2));
}

/// A life with everything in it that can happen on the way, in the order it happens.
fn eventful_life() -> Vec<Event> {
    let kinds = [
        sent("t"),
        received("t"),
        started("t"),
        progress("t", 10),
        retried("t"),
        received("t"),
        started("t"),
        cancelled("t"),
        received("t"),
        started("t"),
        progress("t", 90),
        succeeded("t", 1.5),
    ];
    kinds.into_iter().zip(0..).map(|(kind, second)| at(f64::from(second), kind)).collect()
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(
        length in 1usize..=12,
        order in Just((0..12usize).collect::<Vec<_>>()).prop_shuffle(),
        again in prop::collection::vec(0usize..12, 0..6),
    ) {
        let events = eventful_life();
        let straight = &events[..length];
        let mut cluster = cluster();
        let arriving = order.iter().chain(&again).filter(|place| **place < length);
        for place in arriving {
            cluster.apply(&straight[*place], START_MILLIS);
        }
        let record = cluster.task("t").expect("it was spoken of");
        prop_assert_eq!(record.state.as_str(), state_after(straight));
        prop_assert_eq!(record.created_at(), START_MILLIS);
        if length > 1 {
            prop_assert_eq!(record.worker.as_deref(), Some("w@host"));
        }
    }

    #[test]
    fn nonsense_never_panics(
        timestamp in prop::num::f64::ANY, seconds in prop::num::f64::ANY, text in ".{0,2000}", clock in any::<u64>()
    ) {
        let mut cluster = cluster();
        let mut strange = info("t");
        (strange.eta, strange.expires, strange.retries) = (Some(seconds), Some(timestamp), u32::MAX);
        (strange.name, strange.args) = (text.clone(), text.clone());
        let uuid = TaskId::from("t");
        let kinds = [
            EventKind::TaskSent(strange),
            started("t"),
            EventKind::TaskRetried { uuid: uuid.clone(), exception: text.clone(), traceback: None, eta: Some(seconds) },
            EventKind::TaskSucceeded { uuid, result: text.clone(), runtime: Some(seconds) },
            EventKind::WorkerHeartbeat(WorkerInfo { freq: seconds, loadavg: Some([timestamp; 3]), ..WorkerInfo::default() }),
        ];
        for kind in kinds {
            let event = Event { hostname: text.as_str().into(), timestamp, clock, pid: 1, utcoffset: seconds, kind };
            cluster.apply(&event, START_MILLIS);
        }
        let record = cluster.task("t").expect("it was spoken of");
        prop_assert_eq!(record.state.as_str(), "SUCCESS");
        prop_assert!(record.name.as_ref().is_none_or(|name| name.len() <= 255));
        prop_assert!(record.result.as_ref().is_some_and(|result| result.len() <= 1024));
        prop_assert!(record.runtime.is_none_or(|runtime| (0.0..=1e9).contains(&runtime)));
    }
}

#[test]
fn a_late_event_fills_what_is_unknown() {
    let mut cluster = cluster();
    let mut bare = TaskInfo::new(TaskId::from("t"), "demo.add");
    bare.retries = 1;
    cluster.apply(&at(3.0, EventKind::TaskReceived(Box::new(bare))), START_MILLIS);
    cluster.apply(&at(4.0, started("t")), START_MILLIS);
    let mut earlier = info("t");
    earlier.name = "an older name".to_owned();
    earlier.priority = Some(3);
    cluster.apply(&said_by("gen1@host", 1.0, EventKind::TaskSent(earlier)), START_MILLIS);
    let record = cluster.task("t").expect("known");
    assert_eq!(record.name.as_deref(), Some("demo.add"), "the later teller is right");
    assert_eq!(record.args.as_deref(), Some("(1, 2)"), "the earlier one fills the gap");
    assert_eq!(record.priority, Some(3));
    assert_eq!(record.worker.as_deref(), Some("w@host"), "a client is no worker");
    assert_eq!(record.created_at(), START_MILLIS + 1000);
    assert_eq!((record.retries, record.state.as_str()), (1, "STARTED"));
}

#[test]
fn waiting_for_a_moment_is_told_apart_until_the_moment_comes() {
    let mut cluster = cluster();
    let mut later = info("t");
    later.eta = Some(START + 60.0);
    cluster.apply(&at(0.0, EventKind::TaskSent(later)), START_MILLIS);
    let record = cluster.task("t").expect("known");
    assert_eq!(record.phase(START_MILLIS), Phase::Scheduled);
    assert_eq!(record.phase(START_MILLIS + 60_000), Phase::Pending);
    assert_eq!(cluster.pass_time(START_MILLIS + 59_999), None);
    assert!(cluster.pass_time(START_MILLIS + 60_000).is_some());
}

#[test]
fn a_custom_state_keeps_its_word_and_its_meta() {
    let mut cluster = cluster();
    let meta = serde_json::json!({ "file": 3 });
    let kind = EventKind::TaskCustom { uuid: TaskId::from("t"), state: State::parse("UPLOADING"), meta };
    cluster.apply(&at(1.0, kind), START_MILLIS);
    let record = cluster.task("t").expect("known");
    assert_eq!(record.custom_state(), Some("UPLOADING"));
    assert_eq!(record.phase(START_MILLIS), Phase::Progress);
    assert_eq!(record.meta.as_deref(), Some(r#"{"file":3}"#));
}

#[test]
fn ids_that_are_no_ids_are_passed_over() {
    let mut cluster = cluster();
    assert_eq!(cluster.apply(&at(1.0, started("")), START_MILLIS).task, None);
    assert_eq!(cluster.apply(&at(1.0, started(&"x".repeat(300))), START_MILLIS).task, None);
}
