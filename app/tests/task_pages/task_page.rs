//! `/tasks/:id`

use crate::ports::{Fixed, NOW, detail, row};
use crate::site::{call, open};
use app::view::{Attempt, TaskState, TimelineEntry};
use std::sync::Arc;

#[tokio::test]
async fn all_that_is_known_is_in_the_first_html() {
    let mut task = detail(row("id-1", "shop.pay", TaskState::Failure));
    task.row.exception = Some("ValueError('boom')".to_owned());
    task.traceback = Some("Traceback (most recent call last):\nValueError: boom".to_owned());
    task.retry_of = Some("older".to_owned());
    task.retried_as = vec!["newer".to_owned()];
    let attempt = |number| Attempt {
        number,
        state: TaskState::Failure,
        worker: Some("umbel@here".to_owned()),
        started_at: Some(NOW),
        finished_at: Some(NOW),
        runtime: Some(1.5),
        exception: Some("ValueError('boom')".to_owned()),
        traceback: None,
    };
    task.attempts = vec![attempt(0), attempt(1)];
    task.timeline = vec![TimelineEntry {
        at: NOW,
        state: TaskState::Received,
        kind: "task-received".to_owned(),
        worker: None,
        detail: None,
    }];
    let fixed = Arc::new(Fixed { detail: Some(task), ..Fixed::default() });
    let page = open(&fixed, "/tasks/id-1").await;
    assert_eq!(page.status, 200);
    for text in [
        "<title>shop.pay · Umbel",
        "most recent call last",
        "task-received",
        "2024-02-29 12:34:56.000",
        "title=\"2024-02-29 12:34:56 UTC\"",
        "href=\"/tasks/older\"",
        "href=\"/tasks/newer\"",
        "Attempts",
    ] {
        assert!(page.body.contains(text), "{text} is missing in {}", page.body);
    }
}

#[tokio::test]
async fn what_can_not_be_done_is_explained() {
    let mut task = detail(row("id-1", "shop.pay", TaskState::Success));
    task.retry_refusal = Some("Its arguments are not known in full.".to_owned());
    let fixed = Arc::new(Fixed { detail: Some(task), ..Fixed::default() });
    let page = open(&fixed, "/tasks/id-1").await;
    assert!(page.body.contains("Its arguments are not known in full."));
    assert!(page.body.matches(" disabled").count() >= 2, "{}", page.body);
}

#[tokio::test]
async fn a_missing_task_is_a_404_with_a_sentence() {
    let page = open(&Arc::new(Fixed::default()), "/tasks/gone").await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("There is no task gone."));
}

#[tokio::test]
async fn the_browser_gets_the_error_typed_and_with_its_status() {
    let answer = call(&Arc::new(Fixed::default()), "/fn/get_task?id=gone").await;
    assert_eq!(answer.status, 404);
    let error: app::ApiError = serde_json::from_str(&answer.body).expect("the error is JSON");
    assert_eq!(error, app::ApiError::NotFound("There is no task gone.".to_owned()));
}

#[tokio::test]
async fn a_list_is_asked_for_by_the_words_of_its_url() {
    let fixed = Arc::new(Fixed::default());
    let answer = call(&fixed, "/fn/list_tasks?query=state%3DRETRY%26name%3Dpay%2520now%26since%3D1h").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(fixed.told(), ["list [Retry] Some(\"pay now\") Newest"]);
}

#[tokio::test]
async fn a_waiting_task_tells_its_place_and_links_to_its_queue() {
    let mut task = detail(row("id-1", "shop.pay", TaskState::Pending));
    task.place = Some(11);
    let fixed = Arc::new(Fixed { detail: Some(task), ..Fixed::default() });
    let page = open(&fixed, "/tasks/id-1").await;
    assert!(page.body.contains("12th in line"), "{}", page.body);
    assert!(page.body.contains("href=\"/queues/celery\""));
}
