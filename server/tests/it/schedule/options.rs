//! What an entry's options make of its message.

use chrono::SubsecRound as _;
use serde_json::json;
use umbel::broker::QueueAdmin as _;
use umbel::client::{Send, SendError};
use umbel::clock::SystemClock;
use umbel::schedule::{Definition, Tz};
use umbel::task::Tasks;
use umbel::testing::TestRuntime;

#[tokio::test]
async fn options_are_headers_of_the_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = SystemClock::shared();
    // Messages tell moments to the microsecond.
    let now = clock.now().trunc_subsecs(6);
    let runtime = TestRuntime::start(folder.path(), clock, Tasks::new(), 1).await.expect("started");
    let entry = json!({
        "task": "proj.add", "schedule": 1,
        "options": {
            "queue": "aside", "priority": 3, "time_limit": 60, "soft_time_limit": 30.5, "shadow": "sum",
            "ignore_result": true, "headers": {"x-own": "y"}, "expires": 60,
        },
    });
    let definition = Definition::read(&entry, Tz::UTC).expect("sound");
    runtime.client.send(definition.to_send(now)).await.expect("sent");
    let waiting = runtime.broker.peek("aside".to_owned(), 0, 10).await.expect("a queue");
    let message = &waiting[0].message;
    assert_eq!(message.priority, 3);
    let headers = &message.headers;
    assert_eq!(headers.timelimit, (Some(60.0), Some(30.5)));
    assert_eq!((headers.shadow.as_deref(), headers.ignore_result), (Some("sum"), Some(true)));
    assert_eq!(headers.expires.map(|expires| (expires - now).num_milliseconds()), Some(60_000));
    assert_eq!(json!(headers.extra), json!({"x-own": "y", "celery_beat_task": true}));

    let mut send = Send::new("proj.add").queue("aside");
    send.options.headers.insert("retries".to_owned(), json!(5));
    let refused = runtime.client.send(send).await.expect_err("it is not the sender's");
    assert!(matches!(&refused, SendError::Invalid(_)), "{refused:?}");
    assert_eq!(refused.to_string(), "the header retries is written by Umbel itself; leave it out");
    runtime.stop(std::time::Duration::ZERO).await;
}
