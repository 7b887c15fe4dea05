//! A Redis that goes away, forgets, throws everybody out or is not ready yet.

use super::station::{Ends, Station};
use super::{ask, count, reach, until};
use crate::support::redis::RedisServer;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;
use umbel::redis_link::Reach;
use umbel::task::{Args, Tasks};

/// Keeps every command on the disk before it answers.
const DURABLE: &[&str] = &["--appendonly", "yes", "--appendfsync", "always"];

/// Lets tasks pass when the test says so, and counts them.
#[derive(Clone)]
pub(super) struct Gate {
    open: Arc<Semaphore>,
    passed: Arc<AtomicUsize>,
}

impl Gate {
    pub(super) fn shut() -> Self {
        Self { open: Arc::new(Semaphore::new(0)), passed: Arc::default() }
    }

    pub(super) fn open(&self) {
        self.open.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }

    pub(super) fn tasks(&self) -> Tasks {
        let gate = self.clone();
        Tasks::new().task("test.pass", move |Args((number,)): Args<(usize,)>| {
            let gate = gate.clone();
            async move {
                gate.open.acquire().await.expect("never closed").forget();
                gate.passed.fetch_add(1, Ordering::SeqCst);
                number
            }
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_loses_nothing_and_runs_nothing_twice() {
    let mut server = RedisServer::with(DURABLE);
    let gate = Gate::shut();
    let station = Station::on(&server, gate.tasks()).await;
    let mut watch = station.ends.link.reach();
    let ids = station.send("test.pass", 0..20).await;
    until("four are running", async || station.running() == 4).await;

    server.kill();
    let Reach::Lost { reason, .. } = reach(&mut watch, false).await else { unreachable!("waited for it") };
    assert!(!reason.is_empty());
    gate.open();
    until("those in hand have ended", async || gate.passed() == 4).await;
    server.revive();
    reach(&mut watch, true).await;

    let values = station.succeed(&ids).await;
    assert_eq!(values, (0..20).map(|number| json!(number)).collect::<Vec<_>>());
    until("nothing is in hand", async || station.running() == 0).await;
    let mut connection = server.connect();
    assert_eq!(count(&mut connection, &["HLEN", "unacked"]), 0);
    assert_eq!(count(&mut connection, &["ZCARD", "unacked_index"]), 0);
    assert_eq!(gate.passed(), 20, "each has run once");
    station.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thrown_out_twice_in_a_row_it_comes_back_twice() {
    let server = RedisServer::start();
    let gate = Gate::shut();
    let station = Station::on(&server, gate.tasks()).await;
    let ids = station.send("test.pass", 0..300).await;
    gate.open();
    let mut connection = server.connect();
    let reached = || count(&mut server.connect(), &["HLEN", "unacked"]);
    for _ in 0..2 {
        let mut watch = station.ends.link.reach();
        watch.mark_unchanged();
        let killed: u64 = ask(&mut connection, &["CLIENT", "KILL", "TYPE", "normal"]);
        assert!(killed > 0, "we were there");
        watch.changed().await.expect("told");
        reach(&mut watch, true).await;
    }
    station.succeed(&ids).await;
    until("everything is settled", async || reached() == 0 && station.running() == 0).await;
    station.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_memory_for_scripts_goes_unnoticed() {
    let server = RedisServer::start();
    let gate = Gate::shut();
    let station = Station::on(&server, gate.tasks()).await;
    gate.open();
    let mut connection = server.connect();
    for round in 0..3 {
        let ids = station.send("test.pass", round * 10..round * 10 + 10).await;
        ask::<()>(&mut connection, &["SCRIPT", "FLUSH"]);
        station.succeed(&ids).await;
    }
    station.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_everything_was_deleted_the_worker_goes_on_and_declares_its_queues_again() {
    let server = RedisServer::start();
    let gate = Gate::shut();
    let station = Station::on(&server, gate.tasks()).await;
    station.send("test.pass", 0..4).await;
    until("four are running", async || station.running() == 4).await;
    let mut connection = server.connect();
    ask::<()>(&mut connection, &["FLUSHALL"]);
    gate.open();
    let ids = station.send("test.pass", 4..20).await;
    station.succeed(&ids).await;
    until("the queue is declared", async || {
        let member = "celery\u{6}\u{16}\u{6}\u{16}celery";
        count(&mut connection, &["SISMEMBER", "_kombu.binding.celery", member]) == 1
            && count(&mut connection, &["SISMEMBER", "umbel.queues", "celery"]) == 1
    })
    .await;
    station.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_still_loads_is_waited_for() {
    let arguments = ["--enable-debug-command", "yes", "--key-load-delay", "3000"];
    let mut server =
        RedisServer::with(&[&arguments[..], &["--loading-process-events-interval-bytes", "1024"]].concat());
    let mut connection = server.connect();
    ask::<()>(&mut connection, &["DEBUG", "POPULATE", "1000"]);
    ask::<()>(&mut connection, &["SAVE"]);
    server.revive_until("Loading RDB");

    let ends = Ends::at(&server.url()).await;
    let mut watch = ends.link.reach();
    let Reach::Lost { reason, .. } = watch.borrow().clone() else { panic!("it loads for three seconds") };
    assert!(reason.contains("LOADING"), "{reason}");
    reach(&mut watch, true).await;
    assert_eq!(count(&mut server.connect(), &["DBSIZE"]), 1000, "all of it was loaded by then");
    ends.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_is_refused_until_it_is_a_master() {
    let master = RedisServer::start();
    let replica = RedisServer::with(&["--replicaof", &format!("127.0.0.1 {}", master.port())]);
    let ends = Ends::at(&replica.url()).await;
    let mut watch = ends.link.reach();
    let Reach::Lost { reason, .. } = watch.borrow().clone() else { panic!("a replica was taken") };
    let place = format!("127.0.0.1:{}", replica.port());
    assert_eq!(reason, format!("{place} is a read-only replica; name its master, or its sentinels"));
    ask::<()>(&mut replica.connect(), &["REPLICAOF", "NO", "ONE"]);
    reach(&mut watch, true).await;

    // And the other way round: a master that becomes a replica is left at the first write it refuses.
    ask::<()>(&mut replica.connect(), &["REPLICAOF", "127.0.0.1", &master.port().to_string()]);
    until("it is noticed", async || {
        let batch = vec![umbel::protocol::ResultMeta::new(
            "1".into(),
            umbel::protocol::State::Success,
            umbel::protocol::result::raw("1").expect("JSON"),
        )];
        let _ = umbel::results::ResultStore::put(&ends.results, batch).await;
        watch.borrow_and_update().clone() != Reach::Reachable
    })
    .await;
    ends.stop().await;
}
