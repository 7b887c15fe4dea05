//! A Redis that is full: `OOM command not allowed when used memory > 'maxmemory'`.

use super::{ask, count, until};
use crate::cli::program::Running;
use crate::support::redis::RedisServer;
use tempfile::TempDir;

fn push(connection: &mut redis::Connection, ids: std::ops::Range<usize>) {
    let mut push = redis::cmd("LPUSH");
    push.arg("celery");
    for id in ids {
        let body = serde_json::json!([[0.2], {}, {}]).to_string();
        push.arg(
            serde_json::json!({
                "body": body, "content-encoding": "utf-8", "content-type": "application/json",
                "headers": {"task": "demo.sleep", "id": id.to_string()},
                "properties": {"delivery_info": {"exchange": "", "routing_key": "celery"}, "delivery_tag": "t"},
            })
            .to_string(),
        );
    }
    push.query::<()>(connection).expect("pushed");
}

fn results(connection: &mut redis::Connection) -> usize {
    let keys: Vec<String> = ask(connection, &["KEYS", "celery-task-meta-*"]);
    keys.len()
}

fn sign_of_life(connection: &mut redis::Connection) -> f64 {
    let owners: Vec<(String, f64)> = ask(connection, &["ZRANGE", "umbel.owners", "0", "-1", "WITHSCORES"]);
    owners.first().map_or(0.0, |(_, since)| *since)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_everything_ends_once_there_is_memory() {
    let server = RedisServer::with(&["--maxmemory-policy", "noeviction"]);
    let mut connection = server.connect();
    let folder = TempDir::new().expect("a folder");
    let (mut umbel, _) =
        Running::start(folder.path(), &["--no-dashboard", "--broker", &server.url(), "-c", "4"]);
    // The script has been used before memory ends, as in life.
    push(&mut connection, 0..1);
    until("one result", async || results(&mut connection) == 1).await;

    push(&mut connection, 1..13);
    until("four are in hand", async || count(&mut connection, &["HLEN", "unacked"]) == 4).await;
    ask::<()>(&mut connection, &["CONFIG", "SET", "maxmemory", "1"]);
    let said = umbel.until("failed to store results");
    assert!(said.last().expect("it said so").contains("OOM"), "{said:?}");

    // Slots are free again, so more is taken, and taking is booked whole although there is no memory for it.
    until("everything is in hand", async || count(&mut connection, &["LLEN", "celery"]) == 0).await;
    assert_eq!(count(&mut connection, &["HLEN", "unacked"]), 12);
    assert_eq!(count(&mut connection, &["ZCARD", "unacked_index"]), 12);
    assert_eq!(results(&mut connection), 1, "nothing could be stored");
    // It still lives in everybody's eyes: nobody gives its messages to somebody else.
    let before = sign_of_life(&mut connection);
    until("a new sign of life", async || sign_of_life(&mut connection) > before).await;

    ask::<()>(&mut connection, &["CONFIG", "SET", "maxmemory", "0"]);
    until("all results", async || results(&mut connection) == 13).await;
    until("nothing is in hand", async || count(&mut connection, &["HLEN", "unacked"]) == 0).await;
}
