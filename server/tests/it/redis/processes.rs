//! Two processes, one of which dies without a word.

use super::{ask, count, until};
use crate::cli::program::Running;
use crate::support::redis::RedisServer;
use std::collections::HashSet;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const TASKS: usize = 8;
/// What the documentation promises.
const BACK_AFTER: Duration = Duration::from_secs(15);

fn push(connection: &mut redis::Connection) {
    let mut push = redis::cmd("LPUSH");
    push.arg("celery");
    for id in 0..TASKS {
        push.arg(
            serde_json::json!({
                "body": "[[2.5], {}, {}]", "content-encoding": "utf-8", "content-type": "application/json",
                "headers": {"task": "demo.sleep", "id": id.to_string()},
                "properties": {"delivery_info": {"exchange": "", "routing_key": "celery"}, "delivery_tag": "t"},
            })
            .to_string(),
        );
    }
    push.query::<()>(connection).expect("pushed");
}

/// Who has something in hand: `umbel:<owner>:<number>:<list>`.
fn owners(connection: &mut redis::Connection) -> HashSet<String> {
    let keys: Vec<String> = ask(connection, &["HKEYS", "unacked"]);
    keys.iter().filter_map(|key| key.split(':').nth(1).map(ToOwned::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tasks_of_a_killed_one_are_finished_by_the_other_within_fifteen_seconds() {
    let server = RedisServer::start();
    let mut connection = server.connect();
    let folders = [TempDir::new().expect("a folder"), TempDir::new().expect("a folder")];
    let url = server.url();
    let start =
        |folder: &TempDir| Running::start(folder.path(), &["--no-dashboard", "--broker", &url, "-c", "4"]).0;
    let mut survivor = start(&folders[1]);
    let victim = start(&folders[0]);
    push(&mut connection);
    until("both have their hands full", async || {
        count(&mut connection, &["HLEN", "unacked"]) == TASKS as u64 && owners(&mut connection).len() == 2
    })
    .await;

    drop(victim);
    let died = Instant::now();
    survivor.until("gave back messages whose owner showed no sign of life");
    let back = died.elapsed();
    assert!(back < BACK_AFTER, "the messages came back after {back:?}");
    until("all are done", async || {
        let keys: Vec<String> = ask(&mut connection, &["KEYS", "celery-task-meta-*"]);
        keys.len() == TASKS && count(&mut connection, &["HLEN", "unacked"]) == 0
    })
    .await;
    assert_eq!(count(&mut connection, &["ZCARD", "umbel.owners"]), 1, "the dead are forgotten");
}
