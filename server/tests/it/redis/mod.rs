//! Everything on a Redis of the test's own: how it is reached, and what happens when it goes away.

mod connecting;
mod idle;
mod lost_answer;
mod memory;
mod notebook;
mod outage;
mod processes;
mod recovering;
mod refused;
mod sentinel;
mod start;
mod station;
mod tls;

use std::time::{Duration, Instant};
use umbel::redis_link::Reach;

/// How long a fact may take to come true on a busy machine before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(10);

/// Waits until a fact is true.
async fn until(what: &str, mut fact: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    let mut glances = tokio::time::interval(GLANCE);
    while !fact().await {
        assert!(Instant::now() < deadline, "never came true: {what}");
        glances.tick().await;
    }
}

/// Waits until a server can be reached, or until it cannot.
async fn reach(watch: &mut tokio::sync::watch::Receiver<Reach>, reachable: bool) -> Reach {
    let wanted = watch.wait_for(|reach| (*reach == Reach::Reachable) == reachable);
    tokio::time::timeout(PATIENCE, wanted).await.expect("in time").expect("somebody tells").clone()
}

/// One number that Redis answers with.
fn count(connection: &mut redis::Connection, words: &[&str]) -> u64 {
    ask(connection, words)
}

/// One command of the test's own.
pub(crate) fn ask<T: redis::FromRedisValue>(connection: &mut redis::Connection, words: &[&str]) -> T {
    let mut command = redis::cmd(words[0]);
    for word in &words[1..] {
        command.arg(*word);
    }
    command.query(connection).unwrap_or_else(|error| panic!("{words:?}: {error}"))
}
