//! Pages as the server renders them: nothing a task sends becomes markup, and the status is true.

use super::ports::{HOSTILE, stage};
use axum::http::StatusCode;

fn escaped(path: &str) -> String {
    path.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn hostile_texts_stay_texts() {
    let stage = stage();
    let worker = format!("/workers/{}", escaped(HOSTILE));
    let search = format!("/tasks?name={}&worker={}", escaped(HOSTILE), escaped(HOSTILE));
    let schedule = format!("/schedules/{}", escaped(HOSTILE));
    let schedules = format!("/schedules?search={}", escaped(HOSTILE));
    for path in [
        "/",
        "/tasks",
        &search,
        "/tasks/done",
        "/tasks/new",
        "/workers",
        &worker,
        "/queues",
        "/schedules",
        &schedules,
        "/schedules?view=calendar",
        &schedule,
    ] {
        let answer = stage.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let page = answer.text();
        assert!(page.starts_with("<!DOCTYPE html>"), "{path}");
        assert!(!page.contains("<img src=x"), "{path}");
        assert!(!page.contains("<script>alert"), "{path}");
        assert!(!page.contains("</script><script>"), "{path}");
    }
}

#[tokio::test]
async fn an_unknown_address_is_a_page_with_status_404() {
    for path in ["/nowhere", "/tasks/unknown", "/workers/unknown"] {
        let answer = stage().get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        assert!(answer.text().contains("<nav"), "{path}: the way back is on the page");
    }
}

#[tokio::test]
async fn opening_any_page_changes_nothing() {
    let stage = stage();
    for path in [
        "/",
        "/tasks",
        "/tasks/done",
        "/tasks/new",
        "/workers",
        "/queues",
        "/schedules",
        "/schedules?view=calendar",
        "/schedules/morning",
        "/fn/send_task",
        "/fn/cancel_tasks",
    ] {
        stage.get(path).await;
    }
    assert!(stage.ports.sent.lock().expect("unpoisoned").is_empty());
    for path in [
        "/fn/send_task?name=demo.add",
        "/fn/cancel_tasks?ids[0]=running",
        "/fn/retry_tasks?ids[0]=done",
        "/fn/run_schedule?name=a",
        "/fn/pause_schedule?name=a&paused=true",
        "/fn/remove_schedule?name=a&typed=a",
    ] {
        assert_eq!(stage.get(path).await.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
}

#[tokio::test]
async fn a_server_function_that_fails_keeps_its_status() {
    let answer = stage().ask("GET", "/fn/get_task?id=unknown", &[("host", "localhost")], "").await;
    assert_eq!(answer.json(), serde_json::json!({"code": "not_found", "message": "Nobody knows this task."}));
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.header("content-type"), "application/json");
}
