//! The ways to a Redis that Celery's settings know.

use super::station::{Ends, Ways};
use super::{ask, count, until};
use crate::cli::program::Running;
use crate::support::redis::RedisServer;
use std::time::Duration;
use tempfile::TempDir;
use umbel::broker::{Broker, Change, Notebook, QueueAdmin, Verdict};
use umbel::clock::SystemClock;
use umbel::protocol::keys::{BrokerKeys, ResultKeys};
use umbel::protocol::{Body, Headers, Message, ResultMeta, State, TaskId, result};
use umbel::redis_link::{Address, Link, Reach};
use umbel::results::ResultStore;

pub(super) fn message(id: &str, priority: u8) -> Message {
    let headers = Headers::new(TaskId::from(id), "demo.add");
    Message { headers, body: Body::default().encode(), queue: "celery".to_owned(), priority }
}

pub(super) fn meta(id: &str) -> ResultMeta {
    ResultMeta::new(TaskId::from(id), State::Success, result::raw("5").expect("JSON"))
}

/// Everything a process does with its Redis.
pub(super) async fn use_all(ends: &Ends) {
    assert_eq!(*ends.link.reach().borrow(), Reach::Reachable);
    assert!(ends.link.is_told_of_changes(), "it is woken");
    let queues = ["celery".to_owned()];
    ends.broker.publish(vec![message("a", 0), message("b", 9), message("c", 0)]).await.expect("published");
    ends.broker.ready(&queues, Duration::from_secs(60)).await;
    let taken = ends.broker.reserve(&queues, 3).await.expect("reserved");
    assert_eq!(taken.len(), 3);
    let tags: Vec<_> = taken.iter().map(|delivery| delivery.tag).collect();
    ends.broker.extend(tags.clone()).await.expect("renewed");
    ends.broker.recover().await.expect("recovered");
    let until = chrono::DateTime::<chrono::Utc>::MAX_UTC - chrono::TimeDelta::days(365_000);
    let verdicts = [Verdict::Ack, Verdict::Requeue, Verdict::Hold { until, replace: None }];
    ends.broker.settle(tags.into_iter().zip(verdicts).collect()).await.expect("settled");
    let status = ends.broker.queues().await.expect("counted").remove(0);
    assert_eq!((status.ready, status.held, status.in_hand), (1, 1, 0));
    assert_eq!(ends.broker.peek("celery".to_owned(), 0, 10).await.expect("peeked").len(), 2);
    assert_eq!(ends.broker.purge("celery".to_owned()).await.expect("purged"), 2);

    let id = TaskId::from("a");
    let mut watch = ends.results.watch(&id);
    ends.results.put(vec![meta("a")]).await.expect("stored");
    watch.wait_for(Option::is_some).await.expect("told");
    assert!(ends.results.get(vec![id.clone()]).await.expect("read")[0].is_some());
    ends.results.forget(vec![id]).await.expect("forgotten");
    keep_notes(&ends.broker).await;
}

async fn keep_notes(notebook: &(impl Notebook + QueueAdmin)) {
    let change = |was: Option<&str>, becomes: Option<&str>, queue: &str| Change {
        name: "a".to_owned(),
        was: was.map(ToOwned::to_owned),
        becomes: becomes.map(ToOwned::to_owned),
        messages: vec![Message { queue: queue.to_owned(), ..message("noted", 5) }],
    };
    for next in [change(None, Some("1"), "celery"), change(Some("1"), None, "noted")] {
        assert_eq!(notebook.write("schedules", vec![next]).await.expect("written"), [true]);
    }
    assert!(notebook.notes("schedules").await.expect("read").is_empty());
    assert_eq!(notebook.read("schedules", vec!["a".to_owned()]).await.expect("read"), [None]);
    for lease in [Duration::from_secs(1), Duration::from_secs(60)] {
        let held = notebook.hold("scheduler", "us", lease, &["schedules"]).await.expect("held");
        assert_eq!(held.holder, "us");
        assert!(held.revisions[0] >= 2, "{held:?}");
    }
    notebook.leave("scheduler", "us").await.expect("left");
    for queue in ["celery", "noted"] {
        assert_eq!(notebook.purge(queue.to_owned()).await.expect("purged"), 1);
    }
}

async fn works(url: &str) {
    let ends = Ends::at(url).await;
    use_all(&ends).await;
    ends.stop().await;
}

#[tokio::test]
async fn by_host_and_port_and_by_database() {
    let server = RedisServer::start();
    works(&server.url()).await;
    let third = Ends::at(&server.url_of(3)).await;
    third.broker.publish(vec![message("a", 0)]).await.expect("published");
    assert_eq!(count(&mut server.connect(), &["EXISTS", "celery"]), 0, "not in database 0");
    let mut connection = server.connect();
    ask::<()>(&mut connection, &["SELECT", "3"]);
    assert_eq!(count(&mut connection, &["LLEN", "celery"]), 1);
    third.stop().await;
}

#[tokio::test]
async fn by_unix_socket() {
    let server = RedisServer::start();
    works(&server.socket_url()).await;
    let second = Ends::at(&format!("{}?virtual_host=2", server.socket_url())).await;
    second.broker.publish(vec![message("a", 0)]).await.expect("published");
    let mut connection = server.connect();
    ask::<()>(&mut connection, &["SELECT", "2"]);
    assert_eq!(count(&mut connection, &["LLEN", "celery"]), 1);
    second.stop().await;
}

#[tokio::test]
async fn with_a_password() {
    let server = RedisServer::with(&["--requirepass", "s3cret/@ +"]);
    let url = |password: &str| format!("redis://:{password}@127.0.0.1:{}/0", server.port());
    works(&url("s3cret%2F%40%20+")).await;
    let refused = Link::open(Address::parse(&url("wrongword")).expect("sound"), SystemClock::shared()).await;
    let told = refused.err().expect("not let in").to_string();
    assert!(told.contains("WRONGPASS") && !told.contains("wrongword"), "{told}");
}

/// The least rights, beside those on keys and channels. The documentation has the same list.
const RIGHTS: &str = "+hello +scan +select +ping +client|tracking +client|caching +role +time \
     +multi +exec +evalsha +script|load +publish +subscribe +unsubscribe +psubscribe \
     +exists +del +type +expire +get +getex +set +setex +incr +getrange +mget \
     +lpush +rpush +rpop +brpop +llen +lindex +lrange +lrem +ltrim \
     +hset +hget +hdel +hmget +hscan +sadd +srem +smembers +zadd +zrem +zcard +zrange +zrangebyscore";

#[test]
fn the_documentation_lists_the_least_rights() {
    let text = include_str!("../../../docs/redis.md");
    let text: Vec<&str> = text.split_whitespace().collect();
    let missing: Vec<_> = RIGHTS.split(' ').filter(|right| !text.contains(right)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn allow(admin: &mut redis::Connection, places: &[&str]) {
    let mut words = vec!["ACL", "SETUSER", "umbel", "reset", "on", ">pw"];
    words.extend(places);
    words.extend(RIGHTS.split(' '));
    ask::<()>(admin, &words);
}

fn assert_nothing_was_refused(admin: &mut redis::Connection) {
    let log: Vec<redis::Value> = ask(admin, &["ACL", "LOG"]);
    assert!(log.is_empty(), "something was refused on the way: {log:#?}");
}

#[tokio::test]
async fn as_a_user_with_the_least_rights() {
    let server = RedisServer::start();
    let mut admin = server.connect();
    allow(&mut admin, &["~*", "&*"]);
    let url = format!("redis://umbel:pw@127.0.0.1:{}/0", server.port());
    works(&url).await;
    assert_nothing_was_refused(&mut admin);

    // All keys stand behind the prefix, Umbel's own too: a user can be kept to it.
    allow(&mut admin, &["~app:*", "&app:*"]);
    let ways = Ways {
        broker_keys: BrokerKeys::new(0).with_prefix("app:"),
        result_keys: ResultKeys::new("app:"),
        ..Ways::default()
    };
    let ends = Ends::with(&url, ways).await;
    use_all(&ends).await;
    ends.stop().await;
    assert_nothing_was_refused(&mut admin);
}

/// What the documentation calls dispensable: without it everything works, with more looking and less being told.
#[tokio::test]
async fn without_the_dispensable_rights_it_looks_for_messages() {
    let server = RedisServer::start();
    let mut admin = server.connect();
    allow(&mut admin, &["~*", "&*"]);
    let fewer = ["-role", "-time", "-client|tracking", "-client|caching"];
    ask::<()>(&mut admin, &[&["ACL", "SETUSER", "umbel"], &fewer[..]].concat());
    let ends = Ends::at(&format!("redis://umbel:pw@127.0.0.1:{}/0", server.port())).await;
    assert_eq!(*ends.link.reach().borrow(), Reach::Reachable);
    assert!(!ends.link.is_told_of_changes());
    let queues = ["celery".to_owned()];
    let broker = ends.broker.clone();
    let waiting = tokio::spawn({
        let queues = queues.clone();
        async move { broker.ready(&queues, Duration::from_secs(3600)).await }
    });
    ends.broker.publish(vec![message("a", 0)]).await.expect("published");
    tokio::time::timeout(super::PATIENCE, waiting).await.expect("it looks").expect("no panic");
    assert_eq!(ends.broker.reserve(&queues, 9).await.expect("reserved").len(), 1);
    ends.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_process_gets_by_with_the_least_rights() {
    let server = RedisServer::start();
    let mut admin = server.connect();
    allow(&mut admin, &["~*", "&*"]);
    let folder = TempDir::new().expect("a folder");
    let url = format!("redis://umbel:pw@127.0.0.1:{}/0", server.port());
    let (mut umbel, _) = Running::start(folder.path(), &["--broker", &url]);
    ask::<()>(&mut admin, &["LPUSH", "celery", &super::start::sum("sum")]);
    until("the result", async || count(&mut admin, &["EXISTS", "celery-task-meta-sum"]) == 1).await;
    // The first look for the dead comes after a lease.
    until("it has looked around", async || {
        ask::<String>(&mut admin, &["INFO", "commandstats"]).contains("cmdstat_zrangebyscore:")
    })
    .await;
    umbel.signal(rustix::process::Signal::TERM);
    umbel.until("Stopped.");
    assert_nothing_was_refused(&mut admin);
}

#[tokio::test]
async fn with_prefixed_keys_of_other_forms() {
    let server = RedisServer::start();
    let ways = Ways {
        broker_keys: BrokerKeys::new(0).with_prefix("app-").with_separator(":").with_steps(vec![0, 5]),
        result_keys: ResultKeys::new("res"),
        ..Ways::default()
    };
    let ends = Ends::with(&server.url(), ways).await;
    ends.broker.publish(vec![message("a", 0), message("b", 4), message("c", 7)]).await.expect("published");
    ends.results.put(vec![meta("a")]).await.expect("stored");
    let mut connection = server.connect();
    assert_eq!(count(&mut connection, &["LLEN", "app-celery"]), 2);
    assert_eq!(count(&mut connection, &["LLEN", "app-celery:5"]), 1);
    assert_eq!(count(&mut connection, &["EXISTS", "res_celery-task-meta-a"]), 1);
    let taken = ends.broker.reserve(&["celery".to_owned()], 9).await.expect("reserved");
    assert_eq!(taken.len(), 3);
    assert_eq!(count(&mut connection, &["HLEN", "app-unacked"]), 3);
    let keys: Vec<String> = ask(&mut connection, &["KEYS", "*"]);
    let strange: Vec<_> =
        keys.iter().filter(|key| !key.starts_with("app-") && !key.starts_with("res_")).collect();
    assert!(strange.is_empty(), "{strange:?}");
    ends.stop().await;
}
