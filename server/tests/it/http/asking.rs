//! What the dashboard learns by asking: queues and their messages, tasks that history never heard of, and workers
//! whose heartbeats tell little. The worker is played by the test, as one of Python's would answer.

use super::embedded::{Embedded, embedded};
use super::socket::{Events, exchange};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use umbel::broker::{Broker, Reach};
use umbel::protocol::control::Reply;
use umbel::protocol::{Body, EventKind, Headers, Message, ResultMeta, State, TaskId, WorkerInfo, result};

/// Puts a message into a queue behind everybody's back, as a Python producer does.
async fn put(here: &Embedded, id: &str, queue: &str, priority: u8, eta: Option<DateTime<Utc>>) {
    let mut headers = Headers::new(TaskId::from(id), "shop.pay");
    (headers.argsrepr, headers.eta) = ("(1, 'x')".to_owned(), eta);
    let body = Body::new(vec![json!(1), json!("x")], Default::default()).encode();
    let message = Message { headers, body, queue: queue.to_owned(), priority };
    here.broker.publish(vec![message]).await.expect("the broker answers");
}

/// Plays a worker that answers what a prefork worker of Celery's answers. Returns what it was asked, as it comes in.
async fn python_worker(here: &Embedded) -> Arc<Mutex<Vec<Value>>> {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (mut requests, bus, heard) = (here.bus.requests(), here.bus.clone(), asked.clone());
    tokio::spawn(async move {
        while let Some(request) = requests.recv().await {
            let Some(ticket) = request.ticket.clone().filter(|_| request.is_for("w@here")) else { continue };
            heard.lock().expect("unpoisoned").push(json!([request.method, request.arguments]));
            let value = match request.method.as_str() {
                "ping" => json!({"ok": "pong"}),
                "stats" => json!({"pool": {"implementation": "celery.concurrency.prefork:TaskPool",
                    "max-concurrency": 2, "processes": [11, 12]}, "prefetch_count": 8, "uptime": 20}),
                "active_queues" => {
                    json!([{"name": "net", "exchange": {"name": "net"}, "routing_key": "net"}])
                }
                "registered" => json!(["shop.pay [rate_limit=10/m]"]),
                "active" | "reserved" | "scheduled" => json!([]),
                "pool_grow" => json!({"ok": "pool will grow"}),
                "rate_limit" => json!({"error": "unknown task"}),
                other => json!({"error": format!("KeyError('{other}')")}),
            };
            bus.reply(request, Reply { ticket, node: "w@here".to_owned(), value }).await;
        }
    });
    let info =
        WorkerInfo { sw_ident: "py-celery".to_owned(), sw_ver: "5.7.0".to_owned(), ..WorkerInfo::default() };
    here.tell(EventKind::WorkerOnline(info)).await;
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_shown_in_the_order_it_will_be_taken_and_purged() {
    let here = embedded().await;
    let later = DateTime::from_timestamp_millis(4_000_000_000_000);
    put(&here, "held", "a/b é", 0, later).await;
    put(&here, "patient", "a/b é", 9, None).await;
    put(&here, "urgent", "a/b é", 0, None).await;
    let path = "/api/v1/queues/a%2Fb%20%C3%A9";
    let (status, queue) = here.get(path).await;
    assert_eq!((status, &queue["ready"], &queue["held"]), (200, &json!(2), &json!(1)), "{queue}");
    let ids: Vec<_> = (0..3).map(|place| queue["waiting"][place]["id"].clone()).collect();
    assert_eq!(ids, ["urgent", "patient", "held"]);
    let held = &queue["waiting"][2];
    assert_eq!((&held["until"], &held["place"]), (&json!("2096-10-02T07:06:40Z"), &json!(2)));
    assert_eq!((&held["name"], &held["call"]), (&json!("shop.pay"), &json!("(1, 'x')")));

    let (_, page) = exchange(here.address, "GET", "/queues/a%2Fb%20%C3%A9", "").await;
    assert!(page.as_str().is_some_and(|page| page.contains("href=\"/tasks/urgent\"")), "{page}");
    assert_eq!(here.post(&format!("{path}/purge"), json!({})).await, (200, json!({"purged": 3})));
    assert_eq!(here.get(path).await.1["waiting"], json!([]));
    assert_eq!(
        exchange(here.address, "GET", "/queues/nobody", "").await.0,
        200,
        "an unknown queue is an empty one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_page_waits() {
    let here = embedded().await;
    for place in 0..51 {
        put(&here, &format!("id-{place}"), "net", 0, None).await;
    }
    let (_, queue) = here.get("/api/v1/queues/net").await;
    assert_eq!((queue["waiting"].as_array().map(Vec::len), &queue["next"]), (Some(50), &json!(50)));
    let (_, queue) = here.get("/api/v1/queues/net?offset=50").await;
    assert_eq!((&queue["waiting"][0]["id"], &queue["next"]), (&json!("id-50"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_known_only_to_its_queue_is_shown_and_cancelled() {
    let here = embedded().await;
    put(&here, "first", "net", 0, None).await;
    put(&here, "second", "net", 0, None).await;
    let (status, task) = here.get("/api/v1/tasks/second").await;
    assert_eq!((status, &task["state"], &task["place"]), (200, &json!("PENDING"), &json!(1)), "{task}");
    assert_eq!(
        (&task["queue"], &task["args"], &task["name"]),
        (&json!("net"), &json!([1, "x"]), &json!("shop.pay"))
    );
    let (status, page) = exchange(here.address, "GET", "/tasks/second", "").await;
    assert!(status == 200 && page.as_str().is_some_and(|page| page.contains("2nd in line")), "{page}");

    let (status, answer) = here.post("/api/v1/tasks/second/retry", json!({})).await;
    assert_eq!(status, 409, "{answer}");
    assert_eq!(here.post("/api/v1/tasks/second/cancel", json!({})).await.0, 202);
    here.reaches("second", "REVOKED").await;
    assert_eq!(here.get("/api/v1/queues/net").await.1["ready"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_known_only_to_the_result_store_shows_its_result() {
    let here = embedded().await;
    let mut meta =
        ResultMeta::new(TaskId::from("old"), State::Success, result::raw(&json!(5)).expect("JSON"));
    (meta.name, meta.worker) = (Some("shop.pay".to_owned()), Some("w@there".to_owned()));
    here.results.put(vec![meta]).await.expect("the store answers");
    let (status, task) = here.get("/api/v1/tasks/old").await;
    assert_eq!((status, &task["state"], &task["result"]), (200, &json!("SUCCESS"), &json!(5)), "{task}");
    assert_eq!(
        (&task["name"], &task["worker"], &task["place"]),
        (&json!("shop.pay"), &json!("w@there"), &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_and_end_that_only_the_result_store_knows_are_shown() {
    let here = embedded().await;
    let id = here.send(json!({"name": "demo.add"})).await;
    here.broker.reserve(&["default".to_owned()], 1).await.expect("the broker answers");
    let uuid = TaskId::from(id.as_str());
    let store = |status, value: Value| {
        let meta = ResultMeta::new(uuid.clone(), status, result::raw(&value).expect("JSON"));
        here.results.put(vec![meta])
    };
    store(State::progress(), json!({"current": 1, "total": 4})).await.expect("the store answers");
    let task = here.get(&format!("/api/v1/tasks/{id}")).await.1;
    assert_eq!((&task["state"], &task["progress"]), (&json!("PROGRESS"), &json!(0.25)), "{task}");
    store(State::Success, json!("done")).await.expect("the store answers");
    let task = here.get(&format!("/api/v1/tasks/{id}")).await.1;
    assert_eq!((&task["state"], &task["result"]), (&json!("SUCCESS"), &json!("done")), "{task}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_nobody_knows_is_said_to_be_one_with_the_reasons_why() {
    let here = embedded().await;
    let (status, answer) = here.get("/api/v1/tasks/nobody").await;
    let message = answer["error"]["message"].as_str().unwrap_or_default().to_owned();
    assert_eq!(status, 404);
    assert!(message.starts_with("No queue, no result and no history knows this id."), "{message}");
    let (status, page) = exchange(here.address, "GET", "/tasks/nobody", "").await;
    assert!(status == 404 && page.as_str().is_some_and(|page| page.contains("its result may have expired")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_python_worker_is_asked_and_its_words_are_passed_on() {
    let here = embedded().await;
    let asked = python_worker(&here).await;
    let (status, answer) = here.post("/api/v1/workers/w@here/pool_grow", json!({"n": 2})).await;
    assert_eq!((status, &answer["answer"]), (200, &json!("pool will grow")));
    assert!(asked.lock().expect("unpoisoned").contains(&json!(["pool_grow", {"n": 2}])));
    let limit = json!({"task_name": "nobody", "rate_limit": "10/m"});
    let (status, answer) = here.post("/api/v1/workers/w@here/rate_limit", limit).await;
    assert_eq!((status, &answer["error"]["message"]), (409, &json!("w@here refuses: unknown task")));
    let (status, answer) = here.post("/api/v1/workers/w@here/shutdown", json!({})).await;
    assert_eq!((status, &answer["answer"]), (200, &json!("shutting down")));
    assert_eq!(here.post("/api/v1/workers/nobody@here/ping", json!({})).await.0, 404);

    let (_, page) = exchange(here.address, "GET", "/workers/w@here", "").await;
    let page = page.as_str().expect("a page");
    for part in ["py-celery 5.7.0", "celery.concurrency.prefork:TaskPool", "rate_limit=10/m", "11, 12"] {
        assert!(page.contains(part), "{part} is missing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_without_an_answer_is_told_and_its_page_does_not_wait() {
    let here = embedded().await;
    here.tell(EventKind::WorkerOnline(WorkerInfo::default())).await;
    let (status, page) = exchange(here.address, "GET", "/workers/w@here", "").await;
    assert!(status == 200 && page.as_str().is_some_and(|page| page.contains("It is being asked")));
    let (status, answer) = here.post("/api/v1/workers/w@here/ping", json!({})).await;
    let message = answer["error"]["message"].as_str().unwrap_or_default().to_owned();
    assert_eq!(status, 503);
    assert!(message.starts_with("w@here gave no answer within 2 s."), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_told_on_pages_on_the_stream_and_by_readyz() {
    let here = embedded().await;
    let mut events = Events::open(here.address, "/events", "").await;
    let first = events.next().await.expect("a first frame").1;
    assert_eq!(first["reach"], "reachable");
    let since = DateTime::from_timestamp_millis(1_795_161_600_000).expect("a moment");
    here.reach.send_replace(Reach::Lost { since, reason: "Connection refused".to_owned() });
    let told = loop {
        let frame = events.next().await.expect("the stream goes on").1;
        if frame["reach"] != Value::Null {
            break frame["reach"].clone();
        }
    };
    assert_eq!(told, json!({"lost": {"since": 1_795_161_600_000_i64, "reason": "Connection refused"}}));
    let (status, answer) = here.get("/readyz").await;
    let reason = answer["parts"]["broker"].as_str().unwrap_or_default().to_owned();
    assert_eq!(status, 503);
    assert!(reason.contains("cannot be reached since 2026-11-20T08:00:00"), "{reason}");
    for path in ["/", "/workers", "/nowhere"] {
        let (_, page) = exchange(here.address, "GET", path, "").await;
        let page = page.as_str().expect("a page");
        assert!(
            page.contains("Redis cannot be reached since") && page.contains("Connection refused"),
            "{path}"
        );
        assert!(page.contains("redis://localhost:6379/0") && !page.contains("hunter2"), "{path}");
    }
    here.reach.send_replace(Reach::Reachable);
    assert_eq!(here.get("/readyz").await.0, 200);
}
