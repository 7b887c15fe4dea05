//! What is no message, in every form that was recorded: it is set aside, and the next one is served.

use super::station::Station;
use super::{ask, count, until};
use crate::protocol::recordings;
use crate::support::redis::RedisServer;
use serde_json::Value;
use umbel::protocol::{State, TaskId};
use umbel::task::{Args, Tasks};

/// Celery runs these; only the one without a delivery tag, which nothing here needs, makes it stumble.
const SOUND: &[&str] = &[
    "body_plain",
    "compressed",
    "compressed_alias",
    "embed_missing",
    "lang_other",
    "minimal_ok",
    "no_delivery_tag",
    "v1",
    "v1_full",
];
/// These have an id, so their senders are told: a result says what is wrong.
const ANSWERED: &[&str] = &["unknown_task"];

fn tasks() -> Tasks {
    Tasks::new().task("proj.add", |Args((x, y)): Args<(i64, i64)>| async move { x + y })
}

fn id_of(message: &Value) -> Option<TaskId> {
    message["headers"]["id"].as_str().map(TaskId::from)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_recorded_one_is_set_aside_and_stops_nobody() {
    let server = RedisServer::start();
    let mut connection = server.connect();
    let station = Station::on(&server, tasks()).await;
    let recordings = recordings("refused");
    assert_eq!(recordings.len(), 25);
    let mut aside = 0;
    for (name, recording) in &recordings {
        let message = &recording["payload"]["message"];
        let item = message.as_str().map_or_else(|| message.to_string(), ToOwned::to_owned);
        ask::<()>(&mut connection, &["LPUSH", "celery", &item]);
        let sent = umbel::client::Send::new("proj.add").arg(2).arg(3);
        let next = station.client.send(sent).await.expect("sent");
        assert_eq!(station.succeed(&[next]).await, [5], "after {name}");
        until(name, async || {
            count(&mut connection, &["LLEN", "celery"]) == 0
                && count(&mut connection, &["HLEN", "unacked"]) == 0
        })
        .await;
        let kept: Vec<String> = ask(&mut connection, &["LRANGE", "umbel.refused", "0", "-1"]);
        if kept.len() > aside {
            assert_eq!(kept[0], item, "kept as it was");
            aside += 1;
            assert!(!SOUND.contains(&name.as_str()) && !ANSWERED.contains(&name.as_str()), "{name}");
        } else if let Some(id) = id_of(message) {
            let state = station.wait(&id).await.status;
            let expected = if SOUND.contains(&name.as_str()) { State::Success } else { State::Failure };
            assert_eq!(state, expected, "{name}");
        }
    }
    assert!(aside >= 10, "{aside} were set aside");
    station.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_newest_are_kept() {
    let server = RedisServer::start();
    let mut connection = server.connect();
    let station = Station::on(&server, tasks()).await;
    let mut push = redis::cmd("LPUSH");
    push.arg("celery").arg((0..1500).map(|number| format!("garbage {number}")).collect::<Vec<_>>());
    push.query::<()>(&mut connection).expect("pushed");
    until("all are set aside", async || {
        count(&mut connection, &["LLEN", "celery"]) == 0 && count(&mut connection, &["HLEN", "unacked"]) == 0
    })
    .await;
    assert_eq!(count(&mut connection, &["LLEN", "umbel.refused"]), 1000);
    let newest: String = ask(&mut connection, &["LINDEX", "umbel.refused", "0"]);
    assert_eq!(newest, "garbage 1499");
    station.stop().await;
}

/// Somebody's key in the way of ours: what was popped before is not lost with the script.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_kind_loses_nothing_and_holds_up_nobody() {
    let server = RedisServer::start();
    let mut connection = server.connect();
    let station = Station::on(&server, tasks()).await;
    ask::<()>(&mut connection, &["SET", "celery\u{6}\u{16}3", "not a list"]);
    ask::<()>(&mut connection, &["RPUSH", "celery-task-meta-taken", "not a result"]);
    let mut taken = umbel::client::Send::new("proj.add").arg(2).arg(3);
    taken.options.id = Some("taken".into());
    let taken = station.client.send(taken).await.expect("sent");
    assert_eq!(station.succeed(&[taken]).await, [5]);

    until("nothing is in hand", async || count(&mut connection, &["EXISTS", "unacked"]) == 0).await;
    ask::<()>(&mut connection, &["SET", "unacked", "not a hash"]);
    let sent = umbel::client::Send::new("proj.add").arg(2).arg(3);
    let waits = station.client.send(sent).await.expect("sent");
    let before: Vec<String> = ask(&mut connection, &["LRANGE", "celery", "0", "-1"]);
    until("it was tried", async || failed_calls(&mut connection) > 0).await;
    let after: Vec<String> = ask(&mut connection, &["LRANGE", "celery", "0", "-1"]);
    assert_eq!((before.len(), &before), (1, &after), "it went back");
    ask::<()>(&mut connection, &["DEL", "unacked"]);
    assert_eq!(station.succeed(&[waits]).await, [5]);
    station.stop().await;
}

/// How many bookings Redis has refused.
fn failed_calls(connection: &mut redis::Connection) -> u64 {
    let stats: String = ask(connection, &["INFO", "commandstats"]);
    let hset = stats.lines().find(|line| line.starts_with("cmdstat_hset:")).unwrap_or_default();
    let failed = hset.split(',').find_map(|field| field.strip_prefix("failed_calls="));
    failed.map_or(0, |count| count.trim().parse().expect("a number"))
}
