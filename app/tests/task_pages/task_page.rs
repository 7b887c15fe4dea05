//! `/tasks/:id`

use crate::ports::{Fixed, NOW, detail, row};
use crate::site::open;
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
        "2024-02-29 12:34:56 UTC",
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
    assert_eq!(page.body.matches(" disabled").count() >= 2, true, "{}", page.body);
}

#[tokio::test]
async fn a_missing_task_is_a_404_with_a_sentence() {
    let page = open(&Arc::new(Fixed::default()), "/tasks/gone").await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("There is no task gone."));
}
