//! What every answer carries.

use super::ports::stage;
use axum::http::StatusCode;

#[tokio::test]
async fn every_kind_of_answer_is_sealed() {
    let stage = stage();
    let cases = [
        ("GET", "/", StatusCode::OK),
        ("GET", "/nowhere", StatusCode::NOT_FOUND),
        ("GET", "/pkg/missing.js", StatusCode::NOT_FOUND),
        ("GET", "/api/v1/tasks", StatusCode::OK),
        ("GET", "/api/v1/tasks/unknown", StatusCode::NOT_FOUND),
        ("GET", "/api/v1/tasks/panic", StatusCode::INTERNAL_SERVER_ERROR),
        ("GET", "/healthcheck", StatusCode::OK),
        ("GET", "/readyz", StatusCode::OK),
        ("POST", "/healthcheck", StatusCode::METHOD_NOT_ALLOWED),
        ("POST", "/tasks", StatusCode::METHOD_NOT_ALLOWED),
        ("POST", "/nowhere", StatusCode::METHOD_NOT_ALLOWED),
    ];
    for (method, path, status) in cases {
        let headers = [("host", "localhost"), ("content-type", "application/json")];
        let answer = stage.ask(method, path, &headers, "").await;
        assert_eq!(answer.status, status, "{method} {path} {}", answer.text());
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path} {policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval' "), "{path} {policy}");
        for name in answer.headers.keys() {
            assert!(!name.as_str().starts_with("access-control-"), "{path} allows other origins: {name}");
        }
    }
    let refused = stage.ask("GET", "/", &[("host", "evil.example")], "").await;
    assert_eq!(refused.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn a_preflight_is_told_nothing() {
    let headers = [
        ("host", "localhost"),
        ("origin", "https://evil.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let answer = stage().ask("OPTIONS", "/api/v1/tasks", &headers, "").await;
    assert!(
        answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")),
        "{:?}",
        answer.headers
    );
}

#[tokio::test]
async fn each_page_has_a_nonce_of_its_own_and_every_inline_script_carries_it() {
    let stage = stage();
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let answer = stage.get("/tasks").await;
        let policy = answer.header("content-security-policy").to_owned();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next())
            .expect("a nonce")
            .to_owned();
        assert!(nonce.len() >= 20, "{nonce}");
        let page = answer.text();
        let scripts = page.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
        let mut count = 0;
        for tag in scripts {
            count += 1;
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "<script{tag}>");
        }
        assert!(count >= 2, "the theme's and the hydration's script: {count}");
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}
