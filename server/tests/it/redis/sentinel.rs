//! Sentinels: where the master is, and where it is after a failover.

use super::connecting::message;
use super::outage::Gate;
use super::station::{Ends, Station};
use super::{ask, count, reach, until};
use crate::support::redis::{RedisServer, free_port};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use umbel::broker::Broker;
use umbel::clock::SystemClock;
use umbel::redis_link::{Address, Link, Reach};

/// A running sentinel. It is killed when dropped.
struct Sentinel {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Sentinel {
    /// Watches a master under the name `main`.
    async fn of(master: &RedisServer) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let settings = format!(
            "port {port}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 {} 1\n\
             sentinel down-after-milliseconds main 5000\nsentinel failover-timeout main 10000\n",
            master.port()
        );
        let file = folder.path().join("sentinel.conf");
        std::fs::write(&file, settings).expect("a file");
        let child = Command::new("redis-server")
            .arg(&file)
            .arg("--sentinel")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        let sentinel = Self { child, port, _folder: folder };
        until("the sentinel answers", async || sentinel.connection().is_some()).await;
        sentinel
    }

    fn connection(&self) -> Option<redis::Connection> {
        redis::Client::open(format!("redis://127.0.0.1:{}", self.port)).ok()?.get_connection().ok()
    }

    fn place(&self) -> String {
        format!("sentinel://127.0.0.1:{}", self.port)
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_master_is_found_by_its_name() {
    let master = RedisServer::start();
    let sentinel = Sentinel::of(&master).await;
    // The first of the list is away, as one of them may be.
    let away = format!("sentinel://127.0.0.1:{}", free_port());
    let ends = Ends::at(&format!("{away};{}/2?master_name=main", sentinel.place())).await;
    ends.broker.publish(vec![message("1", 0)]).await.expect("published");
    let mut connection = master.connect();
    ask::<()>(&mut connection, &["SELECT", "2"]);
    assert_eq!(count(&mut connection, &["LLEN", "celery"]), 1);
    ends.stop().await;

    // Celery's other way to give the name.
    let open = async |name: &str| {
        let address = Address::parse(&sentinel.place()).expect("sound").with_master_name(name);
        Link::open(address, SystemClock::shared()).await
    };
    assert_eq!(*open("main").await.expect("let in").reach().borrow(), Reach::Reachable);
    let Reach::Lost { reason, .. } = open("other").await.expect("let in").reach().borrow().clone() else {
        panic!("there is no such master")
    };
    assert!(reason.contains("knows no master called other"), "{reason}");
    let told = open("").await.err().expect("it needs a name").to_string();
    assert!(told.contains("give master_name in broker_transport_options"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_failover_the_worker_goes_on_at_the_new_master() {
    let old = RedisServer::start();
    let new = RedisServer::with(&["--replicaof", &format!("127.0.0.1 {}", old.port())]);
    let sentinel = Sentinel::of(&old).await;
    let gate = Gate::shut();
    let station = Station::at(&format!("{}?master_name=main", sentinel.place()), gate.tasks()).await;
    let ids = station.send("test.pass", 0..20).await;
    until("four are running", async || station.running() == 4).await;
    let mut replica = new.connect();
    until("the replica has them too", async || count(&mut replica, &["HLEN", "unacked"]) == 4).await;

    let mut watch = station.ends.link.reach();
    watch.mark_unchanged();
    until("the sentinel turns to the replica", async || {
        let mut sentinel = sentinel.connection().expect("it runs");
        redis::cmd("SENTINEL").arg("FAILOVER").arg("main").query::<()>(&mut sentinel).is_ok()
    })
    .await;
    watch.changed().await.expect("told");
    gate.open();
    reach(&mut watch, true).await;
    station.succeed(&ids).await;
    until("it is the new one that knows", async || {
        // The failover has thrown out everybody.
        let mut new = new.connect();
        count(&mut new, &["EXISTS", &format!("celery-task-meta-{}", ids[19].as_str())]) == 1
            && count(&mut new, &["HLEN", "unacked"]) == 0
    })
    .await;
    let role: Vec<redis::Value> = ask(&mut new.connect(), &["ROLE"]);
    assert_eq!(role[0], redis::Value::BulkString(b"master".to_vec()));
    station.stop().await;
}
