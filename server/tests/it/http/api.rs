//! `/api/v1`.

use super::ports::{NOW, kwargs, stage};
use app::view::TaskState;
use axum::http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn one_task_is_sent_with_all_its_options() {
    let stage = stage();
    let body = json!({
        "name": "demo.add", "args": [1, "two"], "kwargs": {"three": null}, "queue": "net", "countdown": 1.5,
        "expires": "2030-01-01T00:00:00Z", "priority": 9,
    });
    let answer = stage.post("/api/v1/tasks", body.to_string()).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::ACCEPTED, json!({"id": "new-0"})));
    let sent = stage.ports.sent.lock().expect("unpoisoned").remove(0);
    assert_eq!((sent.name.as_str(), sent.args), ("demo.add", vec![json!(1), json!("two")]));
    assert_eq!((sent.kwargs, sent.queue.as_deref()), (kwargs(json!({"three": null})), Some("net")));
    assert_eq!((sent.countdown, sent.priority), (Some(1.5), Some(9)));
}

#[tokio::test]
async fn the_last_hour_is_counted_from_the_clock_it_was_given() {
    let stage = stage();
    let now = umbel::clock::millis(&*stage.site.clock);
    assert_eq!(stage.get("/api/v1/tasks?since=1h").await.status, StatusCode::OK);
    let asked = stage.ports.asked.lock().expect("unpoisoned").remove(0);
    assert_eq!(asked.since, Some(now - 3_600_000));
}

#[tokio::test]
async fn many_tasks_are_sent_in_order() {
    let stage = stage();
    let answer = stage.post("/api/v1/tasks", r#" [{"name": "a"}, {"name": "b"}]"#).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::ACCEPTED, json!({"ids": ["new-0", "new-1"]})));
    let names: Vec<_> =
        stage.ports.sent.lock().expect("unpoisoned").iter().map(|task| task.name.clone()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[tokio::test]
async fn mistakes_in_the_body_are_told_with_their_place() {
    let mut stage = stage();
    stage.site.settings.batch_limit = 2;
    let deep = format!(r#"{{"name": "a", "args": {}{}}}"#, "[".repeat(1000), "]".repeat(1000));
    let cases: [(&[u8], &str, &str); 9] = [
        (b"", "bad_json", "EOF while parsing a value at line 1 column 0"),
        (br#"{"name": "a""#, "bad_json", "at line 1 column 12"),
        (b"{\"name\":\n \"\xff\xfe\"}", "bad_json", "at line 2"),
        (br#"{"args": []}"#, "bad_request", "missing field `name`"),
        (br#"{"name": "a", "nmae": 1}"#, "bad_request", "unknown field `nmae`"),
        (br#"{"name": "a", "kwargs": []}"#, "bad_request", "invalid type: sequence"),
        (b"[]", "bad_request", "The array is empty"),
        (br#"[{"name":"a"},{"name":"a"},{"name":"a"}]"#, "bad_request", "at most 2 tasks; this one has 3"),
        (deep.as_bytes(), "bad_json", "recursion limit exceeded"),
    ];
    for (body, code, part) in cases {
        let answer = stage.post("/api/v1/tasks", body.to_vec()).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::BAD_REQUEST, code),
            "{}",
            answer.text()
        );
        assert!(answer.message().contains(part), "{} lacks {part}", answer.message());
    }
    assert!(stage.ports.sent.lock().expect("unpoisoned").is_empty());
}

#[tokio::test]
async fn a_task_nobody_knows_is_the_senders_mistake() {
    let answer = stage().post("/api/v1/tasks", r#"{"name": "nobody.knows"}"#).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "bad_request"));
}

#[tokio::test]
async fn only_json_is_read() {
    let headers = [("host", "localhost"), ("sec-fetch-site", "same-origin"), ("content-type", "text/plain")];
    let answer = stage().ask("POST", "/api/v1/tasks", &headers, r#"{"name": "a"}"#).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_needed"));
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_whether_it_says_so_or_not() {
    let mut stage = stage();
    stage.site.settings.body_limit = 1024;
    let large = format!(r#"{{"name": "{}"}}"#, "x".repeat(2000));
    let length = large.len().to_string();
    let announced =
        [("host", "localhost"), ("content-type", "application/json"), ("content-length", length.as_str())];
    let honest = stage.ask("POST", "/api/v1/tasks", &announced, large.clone()).await;
    let silent = stage.post("/api/v1/tasks", large).await;
    for answer in [honest, silent] {
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
        assert_eq!(answer.message(), "A request may be at most 1.0 KiB large.");
    }
}

#[tokio::test]
async fn a_task_is_told_flat_and_in_iso_time() {
    let answer = stage().get("/api/v1/tasks/done").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    let task = answer.json();
    assert_eq!((&task["id"], &task["state"]), (&json!("done"), &json!("SUCCESS")));
    assert_eq!(task["args"][1], json!(1));
    let created = chrono::DateTime::from_timestamp_millis(NOW - 2_000).expect("a moment");
    let told = task["created_at"]
        .as_str()
        .expect("a text")
        .parse::<chrono::DateTime<chrono::Utc>>()
        .expect("ISO 8601");
    assert_eq!(told, created);
    for field in ["result", "traceback", "attempts", "worker", "queue", "finished_at", "retried_as"] {
        assert!(task.get(field).is_some(), "{field}");
    }
}

#[tokio::test]
async fn the_list_takes_the_pages_parameters() {
    let stage = stage();
    let answer =
        stage.get("/api/v1/tasks?state=FAILURE,SUCCESS&name=demo.add&sort=slowest&limit=10&after=3.4").await;
    let list = answer.json();
    assert_eq!((&list["total"], &list["next"], &list["prev"]), (&json!(2), &json!("2.1"), &Value::Null));
    assert_eq!(list["tasks"].as_array().map(Vec::len), Some(2));
    let asked = stage.ports.asked.lock().expect("unpoisoned").remove(0);
    assert_eq!(asked.states, [TaskState::Failure, TaskState::Success]);
    assert_eq!((asked.name.as_deref(), asked.limit), (Some("demo.add"), 10));
    assert_eq!(asked.after.expect("a place").0, "3.4");
}

#[tokio::test]
async fn cancel_and_retry_tell_what_came_of_it() {
    let stage = stage();
    let cancelled = stage.post("/api/v1/tasks/running/cancel", "").await;
    assert_eq!((cancelled.status, cancelled.json()), (StatusCode::ACCEPTED, json!({"id": "running"})));
    let late = stage.post("/api/v1/tasks/done/cancel", "").await;
    assert_eq!((late.status, late.code().as_str()), (StatusCode::CONFLICT, "conflict"));
    assert_eq!(late.message(), "It has already finished with SUCCESS.");
    let again = stage.post("/api/v1/tasks/done/retry", "").await;
    assert_eq!(
        (again.status, again.json()),
        (StatusCode::ACCEPTED, json!({"id": "done-again", "retry_of": "done"}))
    );
    for act in ["cancel", "retry"] {
        let unknown = stage.post(&format!("/api/v1/tasks/unknown/{act}"), "").await;
        assert_eq!((unknown.status, unknown.code().as_str()), (StatusCode::NOT_FOUND, "not_found"));
    }
}

#[tokio::test]
async fn workers_and_queues_are_listed() {
    let stage = stage();
    assert_eq!(stage.get("/api/v1/workers").await.json()["workers"][0]["slots"], json!(4));
    assert_eq!(stage.get("/api/v1/queues").await.json()["queues"][0]["ready"], json!(3));
}

#[tokio::test]
async fn wrong_addresses_and_methods_are_json_too() {
    let stage = stage();
    for path in ["/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v2/tasks", "/api/v1/tasks/a/b/c"] {
        let answer = stage.get(path).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "not_found"), "{path}");
    }
    for (method, path) in
        [("DELETE", "/api/v1/tasks"), ("GET", "/api/v1/tasks/done/cancel"), ("PUT", "/api/v1/queues")]
    {
        let headers = [("host", "localhost"), ("content-type", "application/json")];
        let answer = stage.ask(method, path, &headers, "").await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            "{path}"
        );
    }
    let unreadable = stage.get("/api/v1/tasks/%ff").await;
    assert_eq!((unreadable.status, unreadable.code().as_str()), (StatusCode::BAD_REQUEST, "bad_request"));
}

#[tokio::test]
async fn a_queue_is_looked_into_and_purged_whatever_its_name() {
    let stage = stage();
    let queue = stage.get("/api/v1/queues/a%2Fb?offset=50").await.json();
    assert_eq!((&queue["name"], &queue["ready"], &queue["next"]), (&json!("a/b"), &json!(3), &json!(51)));
    assert_eq!((&queue["waiting"][0]["place"], &queue["waiting"][0]["priority"]), (&json!(50), &json!(0)));
    assert_eq!(stage.get("/api/v1/queues/a?offset=-1").await.status, StatusCode::BAD_REQUEST);
    let purged = stage.post("/api/v1/queues/a%2Fb/purge", "").await;
    assert_eq!((purged.status, purged.json()), (StatusCode::OK, json!({"purged": 3})));
    assert_eq!(stage.get("/api/v1/queues/a/purge").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_worker_is_asked_in_celerys_words_and_answers_in_its_own() {
    let stage = stage();
    let grown = stage.post("/api/v1/workers/w%2F1/pool_grow", r#"{"n": 2}"#).await;
    let expected = json!({"worker": "w/1", "answer": "pool will grow"});
    assert_eq!((grown.status, grown.json()), (StatusCode::OK, expected));
    let refused = stage.post("/api/v1/workers/w/shutdown", "").await;
    assert_eq!((refused.status, refused.message().as_str()), (StatusCode::CONFLICT, "w refuses: Shutdown"));
}

#[tokio::test]
async fn what_cannot_be_asked_of_a_worker_is_told_with_its_reason() {
    for (path, body, part) in [
        ("explode", "", "unknown variant `explode`"),
        ("pool_grow", "", "missing field `n`"),
        ("pool_grow", r#"{"n": -1}"#, "invalid value"),
        ("pool_grow", r#"{"n": 1, "m": 2}"#, "unknown field `m`"),
        ("add_consumer", "[1]", "invalid type"),
    ] {
        let answer = stage().post(&format!("/api/v1/workers/w/{path}"), body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {body}");
        assert!(answer.message().contains(part), "{} lacks {part}", answer.message());
    }
}
