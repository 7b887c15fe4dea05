//! What every result store promises.

use super::Bench;
use crate::redis::ask;
use crate::support::redis::RedisServer;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use umbel::clock::SystemClock;
use umbel::protocol::keys::ResultKeys;
use umbel::protocol::{ResultMeta, State, TaskId, result};
use umbel::redis_link::{Address, Link};
use umbel::results::ResultStore;
use umbel::results::redis::RedisResults;
use umbel::results::sqlite::SqliteResults;
use umbel::service::Services;

const KEEP: Duration = Duration::from_secs(3600);

#[derive(Clone, Copy)]
enum Kind {
    Sqlite,
    Redis,
}

/// Where results are kept; it outlives the process.
enum Place {
    Sqlite(Bench),
    Redis(RedisServer),
}

struct World {
    place: Place,
    store: Arc<dyn ResultStore>,
    services: Services,
}

async fn world(kind: Kind) -> World {
    match kind {
        Kind::Sqlite => enter(Place::Sqlite(Bench::new())).await,
        Kind::Redis => enter(Place::Redis(RedisServer::start())).await,
    }
}

/// A process opens its store.
async fn enter(place: Place) -> World {
    let services = Services::new();
    let store: Arc<dyn ResultStore> = match &place {
        Place::Sqlite(bench) => Arc::new(SqliteResults::new(bench.db(), bench.clock(), Some(KEEP))),
        Place::Redis(server) => {
            let store = redis_store(server, Some(KEEP)).await;
            services.start("results.listen", |stop: CancellationToken| store.clone().listen(stop));
            Arc::new(store)
        }
    };
    World { place, store, services }
}

async fn redis_store(server: &RedisServer, keep: Option<Duration>) -> RedisResults {
    let address = Address::parse(&server.url()).expect("a URL");
    let link = Link::open(address, SystemClock::shared()).await.expect("let in");
    RedisResults::new(link, ResultKeys::new(""), keep)
}

impl World {
    async fn put(&self, batch: Vec<ResultMeta>) {
        self.store.put(batch).await.expect("stored");
    }

    async fn status(&self, id: &str) -> Option<State> {
        self.store.get(vec![TaskId::from(id)]).await.expect("read").remove(0).map(|meta| meta.status)
    }

    /// The process ends and another one takes over.
    async fn restart(self) -> World {
        self.services.stop().await;
        drop(self.store);
        enter(self.place).await
    }
}

fn meta(id: &str, state: State, value: &str) -> ResultMeta {
    ResultMeta::new(TaskId::from(id), state, result::raw(value).expect("text is JSON"))
}

on_both! {
    keeps_the_last_state_and_answers_in_order,
    a_success_is_never_overwritten,
    a_watch_sees_what_is_stored_after_it_began,
    forgets_when_told,
    survives_the_process,
    large_batches_are_stored_and_read_whole,
}

async fn keeps_the_last_state_and_answers_in_order(kind: Kind) {
    let world = world(kind).await;
    world.put(vec![meta("1", State::progress(), "half"), meta("2", State::Failure, "boom")]).await;
    world.put(vec![meta("1", State::Success, "done")]).await;
    world.put(Vec::new()).await;
    let found = world.store.get(["2", "unknown", "1"].map(TaskId::from).to_vec()).await.expect("read");
    let states: Vec<_> = found.iter().map(|meta| meta.as_ref().map(|meta| meta.status.clone())).collect();
    assert_eq!(states, [Some(State::Failure), None, Some(State::Success)]);
    assert_eq!(found[2].as_ref().expect("known").result.get(), "\"done\"");
}

async fn a_success_is_never_overwritten(kind: Kind) {
    let world = world(kind).await;
    world.put(vec![meta("1", State::Success, "done")]).await;
    world.put(vec![meta("1", State::Failure, "boom")]).await;
    assert_eq!(world.status("1").await, Some(State::Success));
    world.put(vec![meta("2", State::Failure, "boom")]).await;
    world.put(vec![meta("2", State::Success, "done")]).await;
    assert_eq!(world.status("2").await, Some(State::Success), "a failure is, by a later run");
    world.put(vec![meta("3", State::Success, "done"), meta("3", State::Failure, "boom")]).await;
    assert_eq!(world.status("3").await, Some(State::Success), "not within one batch either");
}

async fn a_watch_sees_what_is_stored_after_it_began(kind: Kind) {
    let world = world(kind).await;
    let mut watch = world.store.watch(&TaskId::from("1"));
    assert!(watch.borrow().is_none());
    world.put(vec![meta("other", State::Success, "x"), meta("1", State::Retry, "again")]).await;
    let seen = watch.wait_for(Option::is_some).await.expect("told").clone().expect("some");
    assert_eq!(seen.status, State::Retry);
    world.put(vec![meta("1", State::Success, "done")]).await;
    let ready = watch.wait_for(|meta| meta.as_ref().is_some_and(|meta| meta.status.is_ready())).await;
    assert_eq!(ready.expect("told").as_ref().expect("some").status, State::Success);
}

async fn forgets_when_told(kind: Kind) {
    let world = world(kind).await;
    world.put(vec![meta("1", State::Success, "x")]).await;
    world.store.forget(vec![TaskId::from("1"), TaskId::from("unknown")]).await.expect("forgotten");
    world.store.forget(Vec::new()).await.expect("forgotten");
    assert_eq!(world.status("1").await, None);
}

async fn survives_the_process(kind: Kind) {
    let world = world(kind).await;
    world.put(vec![meta("1", State::Success, "x")]).await;
    let world = world.restart().await;
    assert_eq!(world.status("1").await, Some(State::Success));
}

async fn large_batches_are_stored_and_read_whole(kind: Kind) {
    let world = world(kind).await;
    let names: Vec<String> = (0..1200).map(|number| format!("task-{number}")).collect();
    world.put(names.iter().map(|name| meta(name, State::Success, name)).collect()).await;
    let ids = names.iter().map(|name| TaskId::from(name.as_str())).collect();
    let found = world.store.get(ids).await.expect("read");
    assert_eq!(found.len(), names.len());
    for (name, found) in names.iter().zip(found) {
        assert_eq!(found.expect("stored").result.get(), format!("{name:?}"));
    }
}

#[tokio::test]
async fn embedded_results_expire_and_are_pruned() {
    let world = world(Kind::Sqlite).await;
    let Place::Sqlite(bench) = &world.place else { unreachable!("asked for it") };
    world.put((0..2500).map(|n| meta(&format!("old-{n}"), State::Success, "x")).collect()).await;
    bench.clock.advance(KEEP / 2);
    world.put(vec![meta("new", State::Success, "y")]).await;
    bench.clock.advance(KEEP / 2);
    assert_eq!(world.status("old-7").await, None, "expired, though not yet pruned");
    assert_eq!(world.store.prune().await.expect("pruned"), 2500);
    assert_eq!(world.status("new").await, Some(State::Success));
}

#[tokio::test]
async fn redis_is_told_when_results_expire() {
    let world = world(Kind::Redis).await;
    let Place::Redis(server) = &world.place else { unreachable!("asked for it") };
    world.put(vec![meta("day", State::Success, "x")]).await;
    let ever = redis_store(server, None).await;
    ever.put(vec![meta("ever", State::Success, "x")]).await.expect("stored");
    let mut connection = server.connect();
    let mut left = |id: &str| ask::<i64>(&mut connection, &["TTL", &format!("celery-task-meta-{id}")]);
    assert!((3500..=3600).contains(&left("day")));
    assert_eq!(left("ever"), -1, "never");
    assert_eq!(world.store.prune().await.expect("pruned"), 0, "there is nothing to do");
}

/// Python's workers store results too, and so do other processes of ours.
#[tokio::test]
async fn on_redis_a_watch_sees_what_others_store() {
    let world = world(Kind::Redis).await;
    let Place::Redis(server) = &world.place else { unreachable!("asked for it") };
    let other = redis_store(server, Some(KEEP)).await;
    let id = TaskId::from("1");
    let mut watch = world.store.watch(&id);
    // Nobody is told by us that it was stored: either the store hears of it, or it looks once it listens.
    other.put(vec![meta("1", State::progress(), "half")]).await.expect("stored");
    let seen = watch.wait_for(Option::is_some).await.expect("told").clone().expect("some");
    assert_eq!(seen.status, State::progress());
    other.put(vec![meta("1", State::Success, "done")]).await.expect("stored");
    let ready = watch.wait_for(|meta| meta.as_ref().is_some_and(|meta| meta.status.is_ready())).await;
    assert_eq!(ready.expect("told").as_ref().expect("some").result.get(), "\"done\"");

    // The connection that listens breaks; what was stored meanwhile is seen all the same.
    let mut late = world.store.watch(&TaskId::from("2"));
    let mut connection = server.connect();
    let mut listeners = || {
        let (_, count): (String, i64) = ask(&mut connection, &["PUBSUB", "NUMSUB", "celery-task-meta-2"]);
        count
    };
    while listeners() == 0 {
        tokio::task::yield_now().await;
    }
    let killed: i64 = ask(&mut connection, &["CLIENT", "KILL", "TYPE", "pubsub"]);
    assert_eq!(killed, 1);
    other.put(vec![meta("2", State::Success, "late")]).await.expect("stored");
    late.wait_for(Option::is_some).await.expect("told");
}
