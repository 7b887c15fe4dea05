//! What every result store promises.

use super::Bench;
use std::time::Duration;
use umbel::protocol::{ResultMeta, State, TaskId, result};
use umbel::results::ResultStore;
use umbel::results::sqlite::SqliteResults;

const KEEP: Duration = Duration::from_secs(3600);

fn store(bench: &Bench) -> SqliteResults {
    SqliteResults::new(bench.db(), bench.clock(), Some(KEEP))
}

fn meta(id: &str, state: State, value: &str) -> ResultMeta {
    ResultMeta::new(TaskId::from(id), state, result::raw(value).expect("text is JSON"))
}

async fn status(store: &SqliteResults, id: &str) -> Option<State> {
    store.get(vec![TaskId::from(id)]).await.expect("read").remove(0).map(|meta| meta.status)
}

#[tokio::test]
async fn keeps_the_last_state_and_answers_in_order() {
    let bench = Bench::new();
    let store = store(&bench);
    store
        .put(vec![meta("1", State::progress(), "half"), meta("2", State::Failure, "boom")])
        .await
        .expect("stored");
    store.put(vec![meta("1", State::Success, "done")]).await.expect("stored");
    let found = store.get(["2", "unknown", "1"].map(TaskId::from).to_vec()).await.expect("read");
    let states: Vec<_> = found.iter().map(|meta| meta.as_ref().map(|meta| meta.status.clone())).collect();
    assert_eq!(states, [Some(State::Failure), None, Some(State::Success)]);
    assert_eq!(found[2].as_ref().expect("known").result.get(), "\"done\"");
}

#[tokio::test]
async fn a_success_is_never_overwritten() {
    let bench = Bench::new();
    let store = store(&bench);
    store.put(vec![meta("1", State::Success, "done")]).await.expect("stored");
    store.put(vec![meta("1", State::Failure, "boom")]).await.expect("stored");
    assert_eq!(status(&store, "1").await, Some(State::Success));
    store.put(vec![meta("2", State::Failure, "boom")]).await.expect("stored");
    store.put(vec![meta("2", State::Success, "done")]).await.expect("stored");
    assert_eq!(status(&store, "2").await, Some(State::Success), "a failure is, by a later run");
}

#[tokio::test]
async fn a_watch_sees_what_is_stored_after_it_began() {
    let bench = Bench::new();
    let store = store(&bench);
    let mut watch = store.watch(&TaskId::from("1"));
    assert!(watch.borrow().is_none());
    store
        .put(vec![meta("other", State::Success, "x"), meta("1", State::Retry, "again")])
        .await
        .expect("stored");
    let seen = watch.wait_for(Option::is_some).await.expect("told").clone().expect("some");
    assert_eq!(seen.status, State::Retry);
    store.put(vec![meta("1", State::Success, "done")]).await.expect("stored");
    let ready = watch.wait_for(|meta| meta.as_ref().is_some_and(|meta| meta.status.is_ready())).await;
    assert_eq!(ready.expect("told").as_ref().expect("some").status, State::Success);
}

#[tokio::test]
async fn expires_and_prunes() {
    let bench = Bench::new();
    let store = store(&bench);
    let old = (0..2500).map(|n| meta(&format!("old-{n}"), State::Success, "x")).collect();
    store.put(old).await.expect("stored");
    bench.clock.advance(KEEP / 2);
    store.put(vec![meta("new", State::Success, "y")]).await.expect("stored");
    bench.clock.advance(KEEP / 2);
    assert_eq!(status(&store, "old-7").await, None, "expired, though not yet pruned");
    assert_eq!(store.prune().await.expect("pruned"), 2500);
    assert_eq!(status(&store, "new").await, Some(State::Success));
}

#[tokio::test]
async fn forgets_when_told() {
    let bench = Bench::new();
    let store = store(&bench);
    store.put(vec![meta("1", State::Success, "x")]).await.expect("stored");
    store.forget(vec![TaskId::from("1")]).await.expect("forgotten");
    assert_eq!(status(&store, "1").await, None);
}

#[tokio::test]
async fn survives_the_process() {
    let bench = Bench::new();
    store(&bench).put(vec![meta("1", State::Success, "x")]).await.expect("stored");
    assert_eq!(status(&store(&bench), "1").await, Some(State::Success));
}
