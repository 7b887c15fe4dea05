//! What a Python worker had in hand and never settled.

use super::station::{Ends, Ways};
use super::{ask, count};
use crate::protocol::recordings;
use crate::support::redis::RedisServer;
use serde_json::{Value, json};
use std::time::Duration;
use umbel::broker::Broker;

/// Looks at once, and takes nothing for lost that is younger than a minute.
fn ways() -> Ways {
    let visibility_timeout = Duration::from_secs(60);
    Ways { lease: Duration::from_nanos(1), visibility_timeout, ..Ways::default() }
}

fn now(connection: &mut redis::Connection) -> u64 {
    let (seconds, _): (u64, u64) = ask(connection, &["TIME"]);
    seconds
}

fn book(connection: &mut redis::Connection, tag: &str, booking: &Value, age: u64) {
    let since = now(connection) - age;
    ask::<()>(connection, &["HSET", "unacked", tag, &booking.to_string()]);
    ask::<()>(connection, &["ZADD", "unacked_index", &since.to_string(), tag]);
}

fn envelope(id: &str, priority: u64) -> Value {
    json!({
        "body": "W1tdLCB7fSwge31d", "content-encoding": "utf-8", "content-type": "application/json",
        "headers": {"task": "proj.add", "id": id},
        "properties": {
            "correlation_id": id, "delivery_info": {"exchange": "", "routing_key": "q"}, "priority": priority,
            "body_encoding": "base64", "delivery_tag": id,
        },
    })
}

#[tokio::test]
async fn comes_back_after_the_visibility_timeout_to_where_it_came_from() {
    let server = RedisServer::start();
    let mut connection = server.connect();
    let bindings = [r"media.*.low␟^media\.[^\.]+\.low$␟topic_star", "plain␟␟plain_queue"];
    for binding in bindings {
        ask::<()>(&mut connection, &["SADD", "_kombu.binding.media", &binding.replace('␟', "\u{6}\u{16}")]);
    }
    book(&mut connection, "lost", &json!([envelope("lost", 7), "", "q"]), 61);
    book(&mut connection, "direct", &json!([envelope("direct", 0), "media", "plain"]), 61);
    book(&mut connection, "topic", &json!([envelope("topic", 0), "media", "media.video.low"]), 61);
    book(&mut connection, "young", &json!([envelope("young", 0), "", "q"]), 30);
    book(&mut connection, "stranger", &json!([envelope("stranger", 0), "nobody", "knows"]), 61);
    ask::<()>(&mut connection, &["ZADD", "unacked_index", "1", "dangling"]);

    let ends = Ends::with(&server.url(), ways()).await;
    assert_eq!(ends.broker.recover().await.expect("recovered"), 3);
    assert_eq!(ends.broker.recover().await.expect("recovered"), 0);
    for (list, id) in [("q\u{6}\u{16}6", "lost"), ("plain_queue", "direct"), ("topic_star", "topic")] {
        let items: Vec<String> = ask(&mut connection, &["LRANGE", list, "0", "-1"]);
        let item: Value = serde_json::from_str(&items[0]).expect("JSON");
        assert_eq!((items.len(), &item["headers"]["id"]), (1, &json!(id)), "{list}");
        assert_eq!(item["headers"]["redelivered"], true);
        assert_eq!(item["properties"]["delivery_info"]["redelivered"], true);
    }
    let left: Vec<String> = ask(&mut connection, &["HKEYS", "unacked"]);
    assert_eq!(left, ["young"]);
    let left: Vec<String> = ask(&mut connection, &["ZRANGE", "unacked_index", "0", "-1"]);
    assert_eq!(left, ["young"]);
    let kept: Vec<String> = ask(&mut connection, &["LRANGE", "umbel.refused", "0", "-1"]);
    assert!(kept.len() == 1 && kept[0].contains("stranger"), "nobody knows where it belongs: {kept:?}");
    ends.stop().await;
}

#[tokio::test]
async fn what_a_killed_celery_worker_has_left_runs_here() {
    let server = RedisServer::start();
    let mut connection = server.connect();
    let (_, recording) =
        recordings("unacked").into_iter().find(|(name, _)| name == "after_sigkill").expect("recorded");
    let left = recording["payload"]["unacked"]["value"].as_object().expect("a hash");
    assert!(left.len() > 1);
    for (tag, booking) in left {
        let booking = serde_json::from_str(booking.as_str().expect("text")).expect("JSON");
        book(&mut connection, tag, &booking, 3600);
    }
    let ends = Ends::with(&server.url(), ways()).await;
    assert_eq!(ends.broker.recover().await.expect("recovered"), left.len() as u64);
    let taken = ends.broker.reserve(&["celery".to_owned()], 100).await.expect("reserved");
    assert_eq!(taken.len(), left.len());
    assert!(taken.iter().all(|delivery| delivery.redelivered));
    ends.stop().await;
}

/// Between the taking of something that is no message and its setting aside a process can die too.
#[tokio::test]
async fn a_dead_process_leaves_nothing_that_is_looked_at_for_ever() {
    let server = RedisServer::start();
    let mut connection = server.connect();
    for (number, item) in ["garbage", r#"{"headers": {"id": "1", "task": "t", "x": NaN}}"#].iter().enumerate()
    {
        let key = format!("umbel:0123:{number}:celery");
        ask::<()>(&mut connection, &["HSET", "unacked", &key, &format!(r#"[{item},"","celery"]"#)]);
        ask::<()>(&mut connection, &["ZADD", "unacked_index", "1", &key]);
    }
    ask::<()>(&mut connection, &["ZADD", "umbel.owners", "1", "0123"]);
    let ends = Ends::with(&server.url(), ways()).await;
    assert_eq!(ends.broker.recover().await.expect("recovered"), 2);
    let items: Vec<String> = ask(&mut connection, &["LRANGE", "celery", "0", "-1"]);
    assert!(items[1] == "garbage" && items[0].contains("redelivered"), "as they were: {items:?}");
    assert_eq!(count(&mut connection, &["EXISTS", "unacked", "unacked_index", "umbel.owners"]), 0);
    ends.stop().await;
}
