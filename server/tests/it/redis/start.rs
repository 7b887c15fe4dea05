//! The program and a Redis that is not there, or does not let it in.

use super::{ask, until};
use crate::cli::program::{Running, umbel_in};
use crate::support::redis::{RedisServer, free_port};
use tempfile::TempDir;

/// The one line on stderr of a program that could not start.
fn refused(arguments: &[&str], code: i32) -> String {
    let folder = TempDir::new().expect("a folder");
    let all = [&["up", "--port", "0", "--log-level", "off"], arguments].concat();
    let ended = umbel_in(folder.path(), &[], &all);
    assert_eq!(ended.code, Some(code), "{ended:?}");
    assert_eq!(ended.err.lines().count(), 1, "{ended:?}");
    ended.err.trim_end().to_owned()
}

/// A message that asks for the sum of 2 and 3.
pub(super) fn sum(id: &str) -> String {
    let message = serde_json::json!({
        "body": "[[2, 3], {}, {}]", "content-encoding": "utf-8", "content-type": "application/json",
        "headers": {"task": "demo.add", "id": id}, "properties": {"delivery_tag": "t"},
    });
    message.to_string()
}

#[test]
fn a_wrong_password_ends_it_with_one_sentence_without_the_password() {
    let server = RedisServer::with(&["--requirepass", "right"]);
    let place = format!("127.0.0.1:{}/0", server.port());
    let told = refused(&["--broker", &format!("redis://:wr0ng@{place}")], 78);
    assert_eq!(
        told,
        format!(
            "umbel: broker_url: redis://{place} does not let us in: \
             WRONGPASS invalid username-password pair or user is disabled."
        )
    );
    let told = refused(&["--no-dashboard", "--broker", &format!("redis://{place}")], 78);
    assert!(told.contains("does not let us in: NOAUTH"), "{told}");
    let results = ["--result-backend", &format!("redis://:wr0ng@{place}")];
    let told = refused(&results, 78);
    assert!(told.starts_with("umbel: result_backend: ") && !told.contains("wr0ng"), "{told}");
}

#[test]
fn settings_that_cannot_work_are_told_as_what_they_are() {
    let told = refused(&["--broker", "sentinel://127.0.0.1:1"], 78);
    assert!(told.contains("give master_name in broker_transport_options"), "{told}");
    assert!(!told.contains("let us in"), "{told}");
    let told = refused(&["--broker", "rediss://127.0.0.1:1?ssl_ca_certs=/nowhere/ca.pem"], 78);
    assert!(told.contains("read /nowhere/ca.pem"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens_yet() {
    let port = free_port();
    let folder = TempDir::new().expect("a folder");
    let url = format!("redis://127.0.0.1:{port}/0");
    let (mut umbel, banner) = Running::start(folder.path(), &["--no-dashboard", "--broker", &url]);
    assert!(banner.iter().any(|line| line.contains("cannot reach Redis yet")), "{banner:#?}");
    let server = RedisServer::at(port, &[]);
    umbel.until("Redis is reached again");
    let mut connection = server.connect();
    ask::<()>(&mut connection, &["LPUSH", "celery", &sum("sum")]);
    until("the result", async || {
        let result: Option<String> = ask(&mut connection, &["GET", "celery-task-meta-sum"]);
        result.is_some_and(|result| result.contains("SUCCESS"))
    })
    .await;
}

/// The keys and places of a whole process, as its settings say.
#[tokio::test(flavor = "multi_thread")]
async fn results_may_have_a_server_and_keys_of_their_own() {
    let (broker, results) = (RedisServer::start(), RedisServer::start());
    let folder = TempDir::new().expect("a folder");
    let settings = format!(
        "broker_url = '{}'\nresult_backend = '{}'\n\
         broker_transport_options = {{ global_keyprefix = 'app:', sep = ':', priority_steps = [0, 5] }}\n\
         result_backend_transport_options = {{ global_keyprefix = 'res' }}\n",
        broker.url_of(1),
        results.url_of(2)
    );
    std::fs::write(folder.path().join("umbel.toml"), settings).expect("a file");
    let (_umbel, _) = Running::start(folder.path(), &["--no-dashboard"]);
    let (mut broker, mut results) = (broker.connect(), results.connect());
    ask::<()>(&mut broker, &["SELECT", "1"]);
    ask::<()>(&mut results, &["SELECT", "2"]);
    ask::<()>(&mut broker, &["LPUSH", "app:celery:5", &sum("urgent-less")]);
    until("the result", async || {
        let result: Option<String> = ask(&mut results, &["GET", "res_celery-task-meta-urgent-less"]);
        result.is_some_and(|result| result.contains("SUCCESS"))
    })
    .await;
    let keys: Vec<String> = ask(&mut broker, &["KEYS", "*"]);
    assert!(keys.iter().all(|key| key.starts_with("app:")), "{keys:?}");
    let keys: Vec<String> = ask(&mut results, &["KEYS", "*"]);
    assert_eq!(keys, ["res_celery-task-meta-urgent-less"]);
}

#[test]
fn a_host_that_does_not_exist_is_waited_for_too() {
    let folder = TempDir::new().expect("a folder");
    let url = "redis://:pa55word@redis.invalid:6379/0";
    let (_umbel, banner) = Running::start(folder.path(), &["--no-dashboard", "--broker", url]);
    let banner = banner.join("\n");
    assert!(banner.contains("cannot reach Redis yet"), "{banner}");
    assert!(!banner.contains("pa55word"), "{banner}");
}
