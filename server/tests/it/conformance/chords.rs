//! What every result store promises about chords.

use super::Bench;
use crate::support::redis::RedisServer;
use std::time::Duration;
use umbel::protocol::keys::ResultKeys;
use umbel::protocol::{State, TaskId, result};
use umbel::redis_link::{Address, Link};
use umbel::results::redis::RedisResults;
use umbel::results::sqlite::SqliteResults;
use umbel::results::{ChordPart, Chords, ClosedChord, Complete, Joined, NewChord, ResultStore};

const KEEP: Duration = Duration::from_secs(3600);

fn part(group: &str, id: &str, index: i64, value: i64) -> ChordPart {
    ChordPart {
        group: group.to_owned(),
        task_id: TaskId::from(id),
        index: Some(index),
        state: State::Success,
        result: result::raw(&value).expect("a number is JSON"),
    }
}

fn chord(group: &str, size: u64) -> NewChord {
    NewChord { group: group.to_owned(), size, structure: None }
}

fn complete(joined: &Joined) -> Option<&Complete> {
    match joined {
        Joined::Open => None,
        Joined::Complete(complete) => Some(complete),
    }
}

async fn join(store: &impl Chords, parts: Vec<ChordPart>) -> Vec<Joined> {
    store.join(parts).await.expect("joined")
}

fn values(complete: &Complete) -> Vec<&str> {
    complete.ends.iter().map(|end| end.result.get()).collect()
}

async fn the_last_end_completes_and_the_order_is_the_headers(store: &impl Chords) {
    store.open_chords(vec![chord("order", 3)]).await.expect("opened");
    let joined = join(store, vec![part("order", "c", 2, 30), part("order", "a", 0, 10)]).await;
    assert!(joined.iter().all(|joined| complete(joined).is_none()));
    let joined = join(store, vec![part("order", "b", 1, 20)]).await;
    assert_eq!(values(complete(&joined[0]).expect("the last one")), ["10", "20", "30"]);
}

async fn an_end_counts_once(store: &impl Chords) {
    store.open_chords(vec![chord("once", 2)]).await.expect("opened");
    for value in [1, 2] {
        assert!(complete(&join(store, vec![part("once", "a", 0, value)]).await[0]).is_none());
    }
    let joined = join(store, vec![part("once", "b", 1, 3)]).await;
    assert_eq!(values(complete(&joined[0]).expect("complete")), ["1", "3"], "the first of them counts");
}

async fn the_same_task_at_two_places_counts_twice(store: &impl Chords) {
    store.open_chords(vec![chord("twice", 2)]).await.expect("opened");
    let joined = join(store, vec![part("twice", "a", 0, 1), part("twice", "a", 1, 1)]).await;
    assert!(complete(&joined[0]).is_none());
    assert_eq!(values(complete(&joined[1]).expect("complete")), ["1", "1"]);
}

async fn ends_may_come_before_the_size_is_known(store: &impl Chords) {
    assert!(complete(&join(store, vec![part("early", "a", 0, 1)]).await[0]).is_none());
    store.open_chords(vec![chord("early", 2)]).await.expect("opened");
    assert!(complete(&join(store, vec![part("early", "b", 1, 2)]).await[0]).is_some());
}

async fn only_the_end_that_completed_it_hears_it_again(store: &impl Chords) {
    store.open_chords(vec![chord("claim", 2)]).await.expect("opened");
    join(store, vec![part("claim", "a", 0, 1)]).await;
    assert!(complete(&join(store, vec![part("claim", "b", 1, 2)]).await[0]).is_some());
    assert!(complete(&join(store, vec![part("claim", "a", 0, 1)]).await[0]).is_none());
    let again = join(store, vec![part("claim", "b", 1, 2)]).await;
    assert!(complete(&again[0]).is_some(), "whoever claimed it may have died before the body was sent");
}

async fn a_closed_chord_stays_closed_until_it_is_sent_again(store: &impl Chords) {
    for ran in [true, false] {
        let group = format!("closed-{ran}");
        store.open_chords(vec![chord(&group, 1)]).await.expect("opened");
        let joined = join(store, vec![part(&group, "a", 0, 1)]).await;
        let claim = complete(&joined[0]).expect("complete").claim.clone();
        store.close_chords(vec![ClosedChord { group: group.clone(), claim, ran }]).await.expect("closed");
        assert!(complete(&join(store, vec![part(&group, "a", 0, 1)]).await[0]).is_none());
    }
    store.open_chords(vec![chord("closed-true", 1)]).await.expect("opened");
    assert!(complete(&join(store, vec![part("closed-true", "a", 0, 1)]).await[0]).is_some());
}

async fn a_structure_comes_back(store: &impl Chords) {
    let structure = r#"[["nested",null],[[["a",null],null]]]"#;
    let json = serde_json::value::RawValue::from_string(structure.to_owned()).expect("JSON");
    let nested = NewChord { structure: Some(json), ..chord("nested", 1) };
    store.open_chords(vec![nested]).await.expect("opened");
    let joined = join(store, vec![part("nested", "a", 0, 1)]).await;
    let found: serde_json::Value =
        serde_json::from_str(complete(&joined[0]).expect("complete").structure.as_ref().expect("kept").get())
            .expect("JSON");
    assert_eq!(found.to_string(), structure);
}

/// All promises, on any store.
pub(super) async fn keeps_its_promises(store: &impl Chords) {
    the_last_end_completes_and_the_order_is_the_headers(store).await;
    an_end_counts_once(store).await;
    the_same_task_at_two_places_counts_twice(store).await;
    ends_may_come_before_the_size_is_known(store).await;
    only_the_end_that_completed_it_hears_it_again(store).await;
    a_closed_chord_stays_closed_until_it_is_sent_again(store).await;
    a_structure_comes_back(store).await;
}

#[tokio::test]
async fn the_embedded_store_keeps_its_promises() {
    let bench = Bench::new();
    let store = SqliteResults::new(bench.db(), bench.clock(), Some(KEEP));
    keeps_its_promises(&store).await;
}

async fn redis(server: &RedisServer, bench: &Bench) -> RedisResults {
    let address = Address::parse(&server.url()).expect("an address");
    let link = Link::open(address, bench.clock()).await.expect("the server answers");
    RedisResults::new(link, ResultKeys::new("pfx"), Some(KEEP))
}

#[tokio::test]
async fn redis_keeps_its_promises() {
    let server = RedisServer::start();
    let store = redis(&server, &Bench::new()).await;
    keeps_its_promises(&store).await;
}

#[tokio::test]
async fn the_keys_are_celerys() {
    let server = RedisServer::start();
    let store = redis(&server, &Bench::new()).await;
    let mut connection = server.connect();
    let mut ask = |words: &str| {
        let mut words = words.split(' ');
        let mut command = redis::cmd(words.next().expect("a command"));
        for word in words {
            command.arg(word);
        }
        command.query::<redis::Value>(&mut connection).expect("it answers")
    };
    let text = |text: &str| redis::Value::BulkString(text.into());
    store.open_chords(vec![chord("g", 2)]).await.expect("opened");
    assert_eq!(ask("GET pfx_celery-taskset-meta-g.s"), text("2"));
    let mut failed = part("g", "b", 1, 0);
    failed.state = State::Failure;
    failed.index = None;
    join(&store, vec![part("g", "a", 0, 7)]).await;
    let entries = ask("ZRANGE pfx_celery-taskset-meta-g.j 0 -1");
    assert_eq!(entries, redis::Value::Array(vec![text(r#"[1, "a", "SUCCESS", 7]"#)]));
    let joined = join(&store, vec![failed]).await;
    assert_eq!(ask("SISMEMBER pfx_celery-taskset-meta-g.d b:+inf"), redis::Value::Int(1));
    for key in ["j", "s", "d"] {
        let redis::Value::Int(left) = ask(&format!("TTL pfx_celery-taskset-meta-g.{key}")) else {
            panic!("{key}")
        };
        assert!((3500..=3600).contains(&left), "{key}: {left}");
    }
    let claim = complete(&joined[0]).expect("complete").claim.clone();
    assert_eq!(ask("GET pfx_celery-taskset-meta-g.c"), text(&claim));
    store.close_chords(vec![ClosedChord { group: "g".to_owned(), claim, ran: true }]).await.expect("closed");
    assert_eq!(ask("GET pfx_celery-taskset-meta-g.c"), text("done"));
    assert_eq!(ask("EXISTS pfx_celery-taskset-meta-g.j pfx_celery-taskset-meta-g.s"), redis::Value::Int(0));
}

#[tokio::test]
async fn ends_of_pythons_workers_are_counted() {
    let server = RedisServer::start();
    let store = redis(&server, &Bench::new()).await;
    let mut connection = server.connect();
    let key = "pfx_celery-taskset-meta-g";
    // One of an old worker, which writes nothing but this, and one whose result is no strict JSON.
    let entries = [(0, r#"[1, "old", "SUCCESS", 1]"#), (2, r#"[1, "new", "SUCCESS", NaN]"#)];
    for (place, entry) in entries {
        redis::cmd("ZADD")
            .arg(format!("{key}.j"))
            .arg(place)
            .arg(entry)
            .exec(&mut connection)
            .expect("added");
    }
    // A task was added while the header ran.
    redis::cmd("SET").arg(format!("{key}.t")).arg(1).exec(&mut connection).expect("set");
    store.open_chords(vec![chord("g", 2)]).await.expect("opened");
    let joined = join(&store, vec![part("g", "ours", 1, 5)]).await;
    assert_eq!(values(complete(&joined[0]).expect("complete")), ["1", "5", "null"]);
}

#[tokio::test]
async fn a_size_that_forgets_tasks_of_the_structure_is_put_right() {
    let server = RedisServer::start();
    let store = redis(&server, &Bench::new()).await;
    let mut connection = server.connect();
    let structure = r#"[["g",null],[[["g",null],[[["a",null],null],[["b",null],null]]],[["c",null],null]]]"#;
    let structure = serde_json::value::RawValue::from_string(structure.to_owned()).expect("JSON");
    store.open_chords(vec![NewChord { structure: Some(structure), ..chord("g", 3) }]).await.expect("opened");
    let size = "pfx_celery-taskset-meta-g.s";
    redis::cmd("SET").arg(size).arg(2).exec(&mut connection).expect("an old worker sends the inner group");
    let joined = join(&store, vec![part("g", "c", 1, 1), part("g", "a", 0, 2)]).await;
    assert!(joined.iter().all(|joined| complete(joined).is_none()));
    let put_right: u64 = redis::cmd("GET").arg(size).query(&mut connection).expect("it answers");
    assert_eq!(put_right, 3, "an old worker that counts the last one must see it, too");
    assert!(complete(&join(&store, vec![part("g", "b", 1, 3)]).await[0]).is_some());
}

#[tokio::test]
async fn a_list_in_place_of_the_ordered_set_is_kept_up() {
    let server = RedisServer::start();
    let store = redis(&server, &Bench::new()).await;
    let mut connection = server.connect();
    let key = "pfx_celery-taskset-meta-g.j";
    redis::cmd("RPUSH").arg(key).arg(r#"[1, "a", "SUCCESS", 1]"#).exec(&mut connection).expect("added");
    store.open_chords(vec![chord("g", 2)]).await.expect("opened");
    let joined = join(&store, vec![part("g", "b", 0, 2)]).await;
    assert_eq!(values(complete(&joined[0]).expect("complete")), ["1", "2"], "in the order of their ends");
}

#[tokio::test]
async fn keys_of_another_kind_do_not_stop_the_others() {
    let server = RedisServer::start();
    let store = redis(&server, &Bench::new()).await;
    let mut connection = server.connect();
    redis::cmd("SET").arg("pfx_celery-taskset-meta-odd.j").arg("text").exec(&mut connection).expect("set");
    store.open_chords(vec![chord("odd", 1), chord("sound", 1)]).await.expect("opened");
    let joined = join(&store, vec![part("odd", "a", 0, 1), part("sound", "b", 0, 2)]).await;
    assert!(complete(&joined[0]).is_none());
    assert_eq!(values(complete(&joined[1]).expect("complete")), ["2"]);
}

#[tokio::test]
async fn a_claim_of_somebody_else_is_left_alone() {
    let server = RedisServer::start();
    let store = redis(&server, &Bench::new()).await;
    let mut connection = server.connect();
    store.open_chords(vec![chord("g", 1)]).await.expect("opened");
    let key = "pfx_celery-taskset-meta-g.c";
    redis::cmd("SET").arg(key).arg("a token of Python's").exec(&mut connection).expect("set");
    assert!(complete(&join(&store, vec![part("g", "a", 0, 1)]).await[0]).is_none());
    let mine = part("g", "a", 0, 1).claim();
    store
        .close_chords(vec![ClosedChord { group: "g".to_owned(), claim: mine, ran: true }])
        .await
        .expect("asked");
    let holder: String = redis::cmd("GET").arg(key).query(&mut connection).expect("it answers");
    assert_eq!(holder, "a token of Python's");
}

#[tokio::test]
async fn chords_expire_with_their_results() {
    let bench = Bench::new();
    let store = SqliteResults::new(bench.db(), bench.clock(), Some(KEEP));
    store.open_chords(vec![chord("old", 2)]).await.expect("opened");
    join(&store, vec![part("old", "a", 0, 1)]).await;
    bench.clock.advance(KEEP);
    store.prune().await.expect("pruned");
    let joined = join(&store, vec![part("old", "b", 1, 2)]).await;
    assert!(complete(&joined[0]).is_none(), "nobody remembers how many there were");
}
