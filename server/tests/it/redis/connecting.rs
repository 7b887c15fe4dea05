//! The ways to a Redis that Celery's settings know.

use super::station::{Ends, Ways};
use super::{ask, count};
use crate::support::redis::RedisServer;
use std::time::Duration;
use umbel::broker::{Broker, QueueAdmin, Verdict};
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

/// Everything a worker does with its Redis.
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

/// The least rights, as the documentation names them.
const RIGHTS: &[&str] = &[
    "~*",
    "&*",
    "-@all",
    "+@connection",
    "+@list",
    "+@hash",
    "+@set",
    "+@sortedset",
    "+@string",
    "+@transaction",
    "+@pubsub",
    "+exists",
    "+del",
    "+evalsha",
    "+eval",
    "+script|load",
    "+role",
    "+time",
];

#[tokio::test]
async fn as_a_user_with_the_least_rights() {
    let server = RedisServer::start();
    let mut admin = server.connect();
    let allow = |admin: &mut redis::Connection, rights: &[&str]| {
        let words = [&["ACL", "SETUSER", "umbel", "reset", "on", ">pw"], rights].concat();
        ask::<()>(admin, &words);
    };
    allow(&mut admin, RIGHTS);
    let url = format!("redis://umbel:pw@127.0.0.1:{}/0", server.port());
    works(&url).await;
    let log: Vec<redis::Value> = ask(&mut admin, &["ACL", "LOG"]);
    assert!(log.is_empty(), "something was refused on the way: {log:?}");

    // All that Umbel adds and Celery's own keys: a user can be kept to a prefix.
    let mut rights = vec!["~app:*", "&app:*"];
    rights.extend(&RIGHTS[2..]);
    allow(&mut admin, &rights);
    let ways = Ways {
        broker_keys: BrokerKeys::new(0).with_prefix("app:"),
        result_keys: ResultKeys::new("app:"),
        ..Ways::default()
    };
    let ends = Ends::with(&url, ways).await;
    use_all(&ends).await;
    ends.stop().await;
    let log: Vec<redis::Value> = ask(&mut admin, &["ACL", "LOG"]);
    assert!(log.is_empty(), "something was refused on the way: {log:?}");
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
