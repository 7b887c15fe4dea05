//! Who may ask at all.

use super::ports::stage;
use axum::http::StatusCode;

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const TASK: &str = r#"{"name": "demo.add"}"#;

#[tokio::test]
async fn a_rebound_name_reaches_nothing() {
    let stage = stage();
    for path in ["/", "/tasks", "/api/v1/tasks", "/events", "/healthcheck", "/fn/list_workers", "/nowhere"] {
        let answer = stage.ask("GET", path, &[("host", "evil.example:5555")], "").await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
        assert!(answer.text().contains("--allowed-hosts evil.example"), "{}", answer.text());
    }
    assert!(stage.ports.asked.lock().expect("unpoisoned").is_empty());
}

#[tokio::test]
async fn the_expected_names_are_answered() {
    let stage = stage();
    for host in ["localhost:5555", "127.0.0.1:5555", "[::1]:5555", "dash.example", "DASH.example:443"] {
        let answer = stage.ask("GET", "/healthcheck", &[("host", host)], "").await;
        assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, "OK"), "{host}");
    }
}

#[tokio::test]
async fn a_request_without_one_clear_host_is_refused() {
    let stage = stage();
    for hosts in [
        &[][..],
        &[("host", "localhost"), ("host", "evil.example")],
        &[("host", "")],
        &[("host", "me@localhost")],
    ] {
        let answer = stage.ask("GET", "/", hosts, "").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{hosts:?}");
    }
    let answer = stage.ask("GET", "http://evil.example/", &[("host", "localhost")], "").await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "the target names another host");
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let stage = stage();
    let host = ("host", "localhost:5555");
    let strangers: [&[(&str, &str)]; 4] = [
        &[host, FORM, ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
        &[host, JSON, ("origin", "https://evil.example")],
        &[host, FORM],
        &[host, FORM, ("sec-fetch-site", "none")],
    ];
    for headers in strangers {
        for path in ["/api/v1/tasks", "/api/v1/tasks/running/cancel", "/fn/cancel_tasks", "/fn/send_task"] {
            let answer = stage.ask("POST", path, headers, TASK).await;
            let refused =
                [StatusCode::FORBIDDEN, StatusCode::UNSUPPORTED_MEDIA_TYPE].contains(&answer.status);
            assert!(refused, "{path} {headers:?} {}", answer.status);
        }
    }
    assert!(stage.ports.sent.lock().expect("unpoisoned").is_empty());
}

#[tokio::test]
async fn curl_and_our_own_pages_may() {
    let stage = stage();
    let host = ("host", "localhost:5555");
    for headers in [
        &[host, JSON][..],
        &[host, JSON, ("origin", "http://localhost:5555")],
        &[host, JSON, ("origin", "http://localhost:5555"), ("sec-fetch-site", "same-origin")],
    ] {
        let answer = stage.ask("POST", "/api/v1/tasks", headers, TASK).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{headers:?} {}", answer.text());
    }
    assert_eq!(stage.ports.sent.lock().expect("unpoisoned").len(), 3);
}

#[tokio::test]
async fn a_plain_form_of_our_own_page_is_led_back() {
    let stage = stage();
    let headers = [
        ("host", "localhost:5555"),
        FORM,
        ("accept", "text/html"),
        ("origin", "http://localhost:5555"),
        ("sec-fetch-site", "same-origin"),
        ("referer", "http://localhost:5555/tasks/new"),
    ];
    let answer = stage.ask("POST", "/fn/send_task", &headers, "name=demo.add&args=%5B1%2C2%5D").await;
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.text());
    assert_eq!(answer.header("location"), "/tasks/new-0");
    let sent = stage.ports.sent.lock().expect("unpoisoned");
    assert_eq!(sent[0].args, [1, 2]);
}

#[tokio::test]
async fn a_panic_is_an_id() {
    let answer = stage().get("/api/v1/tasks/panic").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.code(), "internal");
    assert!(answer.message().contains("under the id "), "{}", answer.message());
    assert!(!answer.text().contains("secret"), "{}", answer.text());
}

#[tokio::test(start_paused = true)]
async fn what_takes_for_ever_is_given_up() {
    let answer = stage().get("/api/v1/tasks/stuck").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.code(), "timeout");
}

#[tokio::test]
async fn a_page_of_another_site_may_link_here_but_not_read() {
    let stage = stage();
    let foreign =
        |mode| [("host", "localhost:5555"), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", mode)];
    assert_eq!(stage.ask("GET", "/tasks", &foreign("navigate"), "").await.status, StatusCode::OK);
    for path in ["/api/v1/tasks", "/events", "/fn/list_workers", "/tasks"] {
        let answer = stage.ask("GET", path, &foreign("no-cors"), "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
}
