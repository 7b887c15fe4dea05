//! `/api/v1/schedules`.

use super::client::Answer;
use super::ports::{HOSTILE, NOW, Stage, stage};
use app::format::iso;
use app::view::{ScheduleFilter, ScheduleSort, StandingFilter};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn ask(stage: &Stage, method: &str, path: &str, body: Value, more: &[(&str, &str)]) -> Answer {
    let headers = [&[("host", "localhost"), ("content-type", "application/json")], more].concat();
    stage.ask(method, path, &headers, if body.is_null() { String::new() } else { body.to_string() }).await
}

fn done(stage: &Stage) -> Vec<String> {
    std::mem::take(&mut *stage.ports.done.lock().expect("unpoisoned"))
}

fn entry() -> Value {
    json!({"task": "demo.add", "schedule": 0.5, "kwargs": {"x": 1}})
}

#[tokio::test]
async fn the_list_is_flat_and_in_iso_time() {
    let stage = stage();
    let answer = stage
        .get("/api/v1/schedules?search=a%2Fb&standing=paused&sort=last&offset=50&colour=green")
        .await
        .json();
    let asked = ScheduleFilter {
        search: "a/b".to_owned(),
        standing: Some(StandingFilter::Paused),
        sort: ScheduleSort::Last,
        offset: 50,
    };
    assert_eq!(done(&stage), [format!("list {asked:?}")]);
    let row = &answer["schedules"][0];
    assert_eq!((&row["name"], &row["timezone"]), (&json!(HOSTILE), &json!("Europe/Berlin")));
    assert_eq!((&row["standing"], &row["error"]), (&json!("broken"), &json!(HOSTILE)));
    assert_eq!(row["origin"], json!({"kind": "file", "path": HOSTILE, "node": HOSTILE}));
    assert_eq!(row["next"], json!([iso(NOW + 60_000)]));
    assert_eq!(
        row["runs"],
        json!([{
            "due": iso(NOW - 60_000), "kind": "late", "count": 1, "id": HOSTILE, "sent_at": iso(NOW - 58_000),
            "state": "SUCCESS", "runtime": 0.5,
        }])
    );
    assert_eq!((&answer["total"], &answer["unfiltered"]), (&json!(1), &json!(1)));
    assert_eq!(answer["scheduler"]["celery_beats"][0]["seen"], json!(iso(NOW - 5_000)));
    assert_eq!((&answer["scheduler"]["is_us"], &answer["now"]), (&json!(false), &json!(iso(NOW))));
}

#[tokio::test]
async fn what_is_left_out_or_empty_asks_for_all() {
    let stage = stage();
    for path in ["/api/v1/schedules", "/api/v1/schedules?search=&standing=&sort=&offset="] {
        assert_eq!(stage.get(path).await.status, StatusCode::OK);
        assert_eq!(done(&stage), [format!("list {:?}", ScheduleFilter::default())]);
    }
}

#[tokio::test]
async fn a_parameter_that_is_wrong_is_told_with_what_would_be_right() {
    for (query, sentence) in [
        ("standing=pausd", "standing is one of active, paused, done, broken. Did you mean \"paused\"?"),
        ("sort=colour", "sort is one of next, name, last."),
        ("offset=-1", "offset is how many of the entries to pass over."),
        ("sort=name&sort=last", "Each parameter may be given once."),
    ] {
        let answer = stage().get(&format!("/api/v1/schedules?{query}")).await;
        assert_eq!((answer.status, answer.message().as_str()), (StatusCode::BAD_REQUEST, sentence));
    }
}

#[tokio::test]
async fn one_is_told_whatever_its_name() {
    let stage = stage();
    let answer = stage.get("/api/v1/schedules/a%2Fb%20c%3F").await.json();
    assert_eq!((&answer["name"], &answer["definition"]), (&json!("a/b c?"), &json!(HOSTILE)));
    assert_eq!(answer["upcoming"], json!([{"at": iso(NOW + 60_000), "local": HOSTILE, "note": HOSTILE}]));
    // What looks like an address of its own is reached by escaping any of its letters.
    assert_eq!(stage.get("/api/v1/schedules/%63alendar").await.json()["name"], json!("calendar"));
    let unknown = stage.get("/api/v1/schedules/new").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (StatusCode::NOT_FOUND, "not_found"));
    assert_eq!(stage.get("/api/v1/schedules/%ff").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn putting_stores_a_new_entry_or_replaces_the_one_of_that_name() {
    let stage = stage();
    let made = ask(&stage, "PUT", "/api/v1/schedules/new", entry(), &[]).await;
    assert_eq!((made.status, &made.json()["name"]), (StatusCode::CREATED, &json!("new")));
    let replaced = ask(&stage, "PUT", "/api/v1/schedules/new", entry(), &[]).await;
    assert_eq!(replaced.status, StatusCode::OK);
    let stored = stage.ports.stored.lock().expect("unpoisoned").clone();
    let name = "new".to_owned();
    assert_eq!(stored, [(name.clone(), entry(), None), (name.clone(), entry(), Some(name))]);
}

#[tokio::test]
async fn an_entry_that_must_be_new_replaces_nothing() {
    let stage = stage();
    let only_new = [("if-none-match", "*")];
    let refused = ask(&stage, "PUT", "/api/v1/schedules/taken", entry(), &only_new).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "conflict"));
    assert!(stage.ports.stored.lock().expect("unpoisoned").is_empty());
    let replaced = ask(&stage, "PUT", "/api/v1/schedules/taken", entry(), &[]).await;
    assert_eq!(replaced.status, StatusCode::OK);
}

#[tokio::test]
async fn all_mistakes_of_an_entry_are_told_with_their_fields() {
    let stage = stage();
    let answer = ask(&stage, "PUT", "/api/v1/schedules/new", json!({"kwargs": {}}), &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        answer.json(),
        json!({"error": {
            "code": "bad_request",
            "message": "task is missing. schedule is missing.",
            "fields": [
                {"field": "task", "sentence": "is missing"}, {"field": "schedule", "sentence": "is missing"},
            ],
        }})
    );
    assert!(stage.ports.stored.lock().expect("unpoisoned").is_empty());
}

#[tokio::test]
async fn only_a_json_object_is_an_entry() {
    let mut stage = stage();
    stage.site.settings.body_limit = 100;
    for (body, status, code) in [
        ("[]".to_owned(), StatusCode::BAD_REQUEST, "bad_request"),
        ("{".to_owned(), StatusCode::BAD_REQUEST, "bad_json"),
        (json!({"task": "x".repeat(100)}).to_string(), StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
    ] {
        let headers = [("host", "localhost"), ("content-type", "application/json")];
        for (method, path) in [("PUT", "/api/v1/schedules/new"), ("POST", "/api/v1/schedules/preview")] {
            let answer = stage.ask(method, path, &headers, body.clone()).await;
            assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {body}");
        }
    }
    let plain = [("host", "localhost"), ("sec-fetch-site", "same-origin"), ("content-type", "text/plain")];
    let answer = stage.ask("PUT", "/api/v1/schedules/new", &plain, entry().to_string()).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_needed"));
}

#[tokio::test]
async fn entries_are_paused_resumed_run_and_removed() {
    let stage = stage();
    let paused = ask(&stage, "POST", "/api/v1/schedules/a%2Fb/pause", Value::Null, &[]).await;
    assert_eq!((paused.status, paused.json()), (StatusCode::OK, json!({"name": "a/b", "paused": true})));
    let resumed = ask(&stage, "POST", "/api/v1/schedules/a%2Fb/resume", Value::Null, &[]).await;
    assert_eq!(resumed.json(), json!({"name": "a/b", "paused": false}));
    let run = ask(&stage, "POST", "/api/v1/schedules/a%2Fb/run", Value::Null, &[]).await;
    assert_eq!((run.status, run.json()), (StatusCode::ACCEPTED, json!({"id": "a/b-1"})));
    let removed = ask(&stage, "DELETE", "/api/v1/schedules/a%2Fb", Value::Null, &[]).await;
    assert_eq!((removed.status, removed.json()), (StatusCode::OK, json!({"removed": "a/b"})));
    assert_eq!(done(&stage), ["pause a/b", "resume a/b", "remove a/b"]);
    let unknown = ask(&stage, "POST", "/api/v1/schedules/new/run", Value::Null, &[]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    for (method, path) in [("GET", "new/run"), ("PUT", "preview"), ("DELETE", "new/pause"), ("POST", "new")] {
        let answer = ask(&stage, method, &format!("/api/v1/schedules/{path}"), Value::Null, &[]).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
    }
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let stage = stage();
    let foreign = [("sec-fetch-site", "cross-site")];
    for (method, path) in [("PUT", "new"), ("DELETE", "new"), ("POST", "new/run"), ("POST", "new/pause")] {
        let answer = ask(&stage, method, &format!("/api/v1/schedules/{path}"), entry(), &foreign).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "cross_origin"));
    }
    assert!(done(&stage).is_empty());
}

#[tokio::test]
async fn a_preview_tells_moments_and_mistakes_together() {
    let stage = stage();
    let path = "/api/v1/schedules/preview?timezone=Europe%2FBerlin";
    let answer = ask(&stage, "POST", path, json!({"schedule": "@daily"}), &[]).await;
    assert_eq!(done(&stage), ["preview in \"Europe/Berlin\""]);
    assert_eq!(
        answer.json(),
        json!({
            "words": HOSTILE,
            "upcoming": [{"at": iso(NOW + 60_000), "local": HOSTILE, "note": HOSTILE}],
            "mistakes": [{"field": "task", "sentence": "is missing"}],
        })
    );
}

#[tokio::test]
async fn the_calendar_is_told_by_day_and_hour() {
    let answer = stage().get("/api/v1/schedules/calendar?timezone=Asia/Tokyo").await.json();
    assert_eq!(
        (&answer["timezone"], answer["days"].as_array().map(Vec::len)),
        (&json!("Asia/Tokyo"), Some(7))
    );
    let day = &answer["days"][0];
    assert_eq!((&day["date"], &day["start"]), (&json!("2026-11-20"), &json!(iso(NOW))));
    assert_eq!(day["hours"][23], json!({"runs": 7, "work": 1.5, "most": [HOSTILE]}));
}
