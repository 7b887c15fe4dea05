//! The rules by which workers live and die.

use super::*;
use umbel::monitor::Cluster;

fn cluster() -> Cluster {
    Cluster::new(1024, 1000, 0)
}

fn online(cluster: &Cluster) -> bool {
    cluster.worker("w@host").expect("heard of").online
}

#[test]
fn two_missed_heartbeats_make_a_worker_offline() {
    let mut cluster = cluster();
    cluster.apply(&at(0.0, heartbeat()), START_MILLIS);
    cluster.pass_time(START_MILLIS + 3_999);
    assert!(online(&cluster));
    assert!(cluster.pass_time(START_MILLIS + 4_000).is_some(), "its silence is news");
    assert!(!online(&cluster));
    cluster.apply(&at(5.0, heartbeat()), START_MILLIS + 5_000);
    assert!(online(&cluster));
}

#[test]
fn a_worker_that_says_goodbye_is_offline_at_once() {
    let mut cluster = cluster();
    cluster.apply(
        &at(0.0, EventKind::WorkerOnline(WorkerInfo { slots: Some(4), ..WorkerInfo::default() })),
        START_MILLIS,
    );
    cluster.apply(&at(1.0, EventKind::WorkerOffline(WorkerInfo::default())), START_MILLIS + 1000);
    let worker = cluster.worker("w@host").expect("heard of");
    assert!(!worker.online);
    assert_eq!((worker.slots, worker.active), (Some(4), 0));
}

#[test]
fn a_restart_begins_the_count_anew() {
    let mut cluster = cluster();
    cluster.apply(&at(0.0, heartbeat()), START_MILLIS);
    for event in life("t", 1.0) {
        cluster.apply(&event, START_MILLIS + 2000);
    }
    assert_eq!(cluster.worker("w@host").expect("heard of").succeeded, 1);
    let mut reborn = at(3.0, heartbeat());
    reborn.pid = 8;
    cluster.apply(&reborn, START_MILLIS + 3000);
    let worker = cluster.worker("w@host").expect("heard of");
    assert_eq!((worker.succeeded, worker.pid), (0, Some(8)));
    assert_eq!(worker.started_at, Some(START_MILLIS + 3000));
}

#[test]
fn a_clock_that_is_off_is_remarked() {
    let mut cluster = cluster();
    cluster.apply(&at(1.9, heartbeat()), START_MILLIS);
    assert_eq!(cluster.worker("w@host").expect("heard of").clock_skew, None);
    cluster.apply(&at(-30.0, heartbeat()), START_MILLIS);
    assert_eq!(cluster.worker("w@host").expect("heard of").clock_skew, Some(-30.0));
}

#[test]
fn a_heartbeat_on_demand_does_not_wipe_out_what_is_known() {
    let mut cluster = cluster();
    let full = WorkerInfo {
        freq: 2.0,
        sw_ident: "umbel".to_owned(),
        sw_ver: "0.1.0".to_owned(),
        queues: vec!["celery".to_owned()],
        registered: vec!["demo.add".to_owned()],
        active: Some(3),
        loadavg: Some([1.0, 2.0, 3.0]),
        ..WorkerInfo::default()
    };
    cluster.apply(&at(0.0, EventKind::WorkerOnline(full)), START_MILLIS);
    cluster.apply(
        &at(1.0, EventKind::WorkerHeartbeat(WorkerInfo { freq: 5.0, ..WorkerInfo::default() })),
        START_MILLIS,
    );
    let worker = cluster.worker("w@host").expect("heard of");
    assert_eq!(worker.software.as_deref(), Some("umbel 0.1.0"));
    assert_eq!(worker.queues, ["celery"]);
    assert_eq!(*worker.registered, ["demo.add".to_owned()]);
    assert_eq!(worker.loadavg, Some([1.0, 2.0, 3.0]));
    assert_eq!(worker.active, 3);
}
