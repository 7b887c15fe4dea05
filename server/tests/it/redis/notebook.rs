//! Notes on Redis: the keys they are in, and what happens when a script cannot do its work or its answer is lost.

use super::connecting::message;
use super::lost_answer::Road;
use super::station::{Ends, Ways};
use super::{ask, count, reach};
use crate::support::redis::RedisServer;
use std::sync::atomic::Ordering;
use std::time::Duration;
use umbel::broker::{BrokerError, Change, Note, Notebook, QueueAdmin};
use umbel::protocol::Message;
use umbel::protocol::keys::BrokerKeys;

const BOOK: &str = "plans";

/// A new note whose message goes to the queue.
fn change(name: &str, queue: &str) -> Change {
    let message = Message { queue: queue.to_owned(), ..message(name, 0) };
    Change { name: name.to_owned(), was: None, becomes: Some("1".to_owned()), messages: vec![message] }
}

async fn names(ends: &Ends) -> Vec<String> {
    let notes = ends.broker.notes(BOOK).await.expect("read");
    let mut names: Vec<String> = notes.into_iter().map(|note| note.name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn the_keys_stand_behind_the_prefix_and_are_no_queues() {
    let server = RedisServer::start();
    let ways = Ways { broker_keys: BrokerKeys::new(0).with_prefix("app:"), ..Ways::default() };
    let ends = Ends::with(&server.url(), ways).await;
    let lease = Duration::from_secs(60);
    ends.broker.hold("keeper", "us", lease, &[BOOK]).await.expect("held");
    ends.broker.write(BOOK, vec![change("a", "celery")]).await.expect("written");
    let mut connection = server.connect();
    let note: String = ask(&mut connection, &["HGET", "app:umbel.plans", "a"]);
    assert_eq!(note, "1");
    assert_eq!(count(&mut connection, &["GET", "app:umbel.plans.revision"]), 1);
    let holder: String = ask(&mut connection, &["GET", "app:umbel.post.keeper"]);
    assert_eq!(holder, "us");
    assert!((1..=60_000).contains(&count(&mut connection, &["PTTL", "app:umbel.post.keeper"])));
    assert_eq!(count(&mut connection, &["LLEN", "app:celery"]), 1);
    assert_eq!(count(&mut connection, &["SCARD", "app:_kombu.binding.celery"]), 1, "declared as Celery does");
    let queues = ends.broker.queues().await.expect("counted");
    assert_eq!(queues.iter().map(|queue| queue.name.as_str()).collect::<Vec<_>>(), ["celery"]);
    ends.stop().await;
}

#[tokio::test]
async fn processes_are_not_both_in_one_post() {
    let server = RedisServer::start();
    let (one, two) = (Ends::at(&server.url()).await, Ends::at(&server.url()).await);
    let lease = Duration::from_secs(3600);
    let hold = async |ends: &Ends, name: &str| {
        ends.broker.hold("keeper", name, lease, &[]).await.expect("asked").holder
    };
    let (first, second) = tokio::join!(hold(&one, "one"), hold(&two, "two"));
    assert_eq!(first, second);
    let mut connection = server.connect();
    ask::<()>(&mut connection, &["FLUSHALL"]);
    let (loser, name) = if first == "one" { (&two, "two") } else { (&one, "one") };
    assert_eq!(hold(loser, name).await, name, "whoever comes first");
    assert_eq!((hold(&one, "one").await.as_str(), hold(&two, "two").await.as_str()), (name, name));
    let (one, two) = (one.stop(), two.stop());
    tokio::join!(one, two);
}

/// A lease is not renewed at each look, but long before its end.
#[tokio::test]
async fn a_lease_is_renewed_when_it_is_half_over() {
    let server = RedisServer::start();
    let mut connection = server.connect();
    let ends = Ends::at(&server.url()).await;
    let mut hold = async |seconds| {
        let held = ends.broker.hold("keeper", "us", Duration::from_secs(seconds), &[]).await.expect("asked");
        assert_eq!(held.holder, "us");
        count(&mut connection, &["PTTL", "umbel.post.keeper"])
    };
    let first = hold(1000).await;
    assert!(hold(1000).await <= first, "just taken");
    assert!(hold(1500).await <= first, "less than half of it is over");
    assert!(hold(3000).await > 2_000_000, "more than half of it is over");
    ends.stop().await;
}

#[tokio::test]
async fn a_change_that_cannot_be_made_keeps_no_other_from_it() {
    let server = RedisServer::start();
    let mut connection = server.connect();
    let ends = Ends::at(&server.url()).await;
    ask::<()>(&mut connection, &["SET", "odd", "not a list"]);
    let strange = ["odd", "umbel.plans", "umbel.plans.revision"];
    let changes = ["celery", strange[0], "celery", strange[1], "other", strange[2], "celery"];
    let changes = changes.into_iter().enumerate();
    let changes: Vec<_> = changes.map(|(place, queue)| change(&place.to_string(), queue)).collect();
    for _ in 0..2 {
        let BrokerError::Unavailable(told) =
            ends.broker.write(BOOK, changes.clone()).await.expect_err("not all can be made");
        assert!(told.contains("WRONGTYPE") && told.contains("is no list of messages"), "{told}");
        assert_eq!(names(&ends).await, ["0", "2", "4", "6"]);
        assert_eq!(count(&mut connection, &["LLEN", "celery"]), 3, "each once");
        assert_eq!(count(&mut connection, &["LLEN", "other"]), 1);
    }
    ends.stop().await;
}

#[tokio::test]
async fn a_queue_that_is_forbidden_keeps_no_other_from_its_messages() {
    let server = RedisServer::start();
    let mut admin = server.connect();
    let rights = ["~umbel.*", "~celery", "~_kombu.binding.celery", "~_kombu.binding_permanent.celery"];
    let user = ["ACL", "SETUSER", "umbel", "reset", "on", ">pw", "+@all", "&*"];
    ask::<()>(&mut admin, &[&user[..], &rights[..]].concat());
    let ends = Ends::at(&format!("redis://umbel:pw@127.0.0.1:{}/0", server.port())).await;
    let changes = vec![change("a", "secret"), change("b", "celery"), change("c", "celery")];
    ends.broker.write(BOOK, changes).await.expect_err("one of them may not be made");
    assert_eq!(names(&ends).await, ["b", "c"]);
    assert_eq!(count(&mut admin, &["LLEN", "celery"]), 2);
    assert_eq!(count(&mut admin, &["EXISTS", "secret"]), 0);
    ends.stop().await;
}

#[tokio::test]
async fn a_full_redis_makes_no_half_of_a_change() {
    let server = RedisServer::start();
    let mut connection = server.connect();
    let ends = Ends::at(&server.url()).await;
    let known = ends.broker.write(BOOK, vec![change("a", "celery")]).await.expect("written");
    assert_eq!(known, [true]);
    ask::<()>(&mut connection, &["CONFIG", "SET", "maxmemory", "1"]);
    let gone = Change { was: Some("1".to_owned()), becomes: None, ..change("a", "celery") };
    for changes in
        [vec![change("b", "celery")], vec![gone], vec![change("c", "celery"), change("d", "celery")]]
    {
        ends.broker.write(BOOK, changes).await.expect_err("there is no room");
        assert_eq!(names(&ends).await, ["a"]);
        assert_eq!(count(&mut connection, &["LLEN", "celery"]), 1);
        assert_eq!(count(&mut connection, &["GET", "umbel.plans.revision"]), 1);
    }
    ask::<()>(&mut connection, &["CONFIG", "SET", "maxmemory", "0"]);
    assert_eq!(ends.broker.write(BOOK, vec![change("b", "celery")]).await.expect("written"), [true]);
    ends.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_answer_is_lost_is_not_made_twice() {
    let server = RedisServer::start();
    let mut connection = server.connect();
    let road = Road::to(&server).await;
    let ends = Ends::at(&format!("redis://127.0.0.1:{}/0", road.port)).await;
    ends.broker.write(BOOK, vec![change("a", "celery")]).await.expect("the script is known now");
    let mut watch = ends.link.reach();
    watch.mark_unchanged();
    road.swallow.store(true, Ordering::SeqCst);
    ends.broker.write(BOOK, vec![change("b", "celery")]).await.expect_err("nobody knows");
    assert_eq!(count(&mut connection, &["LLEN", "celery"]), 2, "Redis has done it");
    reach(&mut watch, true).await;
    assert_eq!(ends.broker.write(BOOK, vec![change("b", "celery")]).await.expect("asked"), [false]);
    assert_eq!(count(&mut connection, &["LLEN", "celery"]), 2);
    ends.stop().await;
}

#[tokio::test]
async fn what_is_no_text_is_passed_over() {
    let server = RedisServer::start();
    let ends = Ends::at(&server.url()).await;
    ends.broker.write(BOOK, vec![change("a", "celery")]).await.expect("written");
    let mut put = redis::cmd("HSET");
    put.arg("umbel.plans").arg(b"\xff").arg("1").arg("b").arg(b"\xfe");
    put.exec(&mut server.connect()).expect("put");
    let note = Note { name: "a".to_owned(), text: "1".to_owned() };
    assert_eq!(ends.broker.notes(BOOK).await.expect("read"), [note]);
    assert_eq!(ends.broker.read(BOOK, vec!["b".to_owned()]).await.expect("read"), [None]);
    ends.stop().await;
}

#[tokio::test]
async fn a_large_book_is_read_whole() {
    let server = RedisServer::start();
    let ends = Ends::at(&server.url()).await;
    let mut put = redis::cmd("HSET");
    put.arg("umbel.plans");
    for number in 0..50_000 {
        put.arg(format!("{number:05}")).arg("text".repeat(20));
    }
    put.exec(&mut server.connect()).expect("put");
    assert!(names(&ends).await.into_iter().eq((0..50_000).map(|number| format!("{number:05}"))));
    ends.stop().await;
}
