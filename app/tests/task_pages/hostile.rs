//! Nothing a task sends becomes markup, on any page.

use crate::ports::{Fixed, NOW, detail, row};
use crate::site::open;
use app::view::{Progress, RegisteredTask, TaskState, TimelineEntry};
use std::sync::Arc;

const NAME: &str = "<img src=x onerror=alert(1)>\"'</title></textarea></script><script>alert(2)</script>";

/// Everything that is markup of ours begins as ours; theirs must not begin a tag, nor end an attribute.
fn assert_inert(body: &str) {
    for markup in ["<img src=x", "<script>alert", "</textarea></script>"] {
        assert!(!body.contains(markup), "{markup} became markup in {body}");
    }
    assert!(body.contains("&lt;img src=x onerror"), "the text itself is shown");
}

#[tokio::test]
async fn in_the_list() {
    let mut hostile = row(NAME, NAME, TaskState::Progress);
    hostile.custom_state = Some(NAME.to_owned());
    hostile.queue = Some(NAME.to_owned());
    hostile.worker = Some(NAME.to_owned());
    hostile.call = NAME.to_owned();
    let fixed = Arc::new(Fixed { rows: vec![hostile], unfiltered: 1, ..Fixed::default() });
    assert_inert(&open(&fixed, "/tasks").await.body);
}

#[tokio::test]
async fn on_its_page() {
    let mut task = detail(row(NAME, NAME, TaskState::Failure));
    let text = || Some(NAME.to_owned());
    task.row.exception = text();
    task.row.worker = text();
    task.row.queue = text();
    task.traceback = text();
    task.args = Some(serde_json::json!([NAME, { NAME: NAME }]));
    task.result = Some(serde_json::json!(NAME));
    task.args_note = text();
    task.retry_refusal = text();
    task.parent_id = text();
    task.progress = Some(Progress { share: Some(f64::NAN), message: text(), meta: serde_json::json!(NAME) });
    task.timeline = vec![TimelineEntry {
        at: NOW,
        state: TaskState::Failure,
        kind: NAME.to_owned(),
        worker: text(),
        detail: text(),
    }];
    let fixed = Arc::new(Fixed { detail: Some(task), ..Fixed::default() });
    assert_inert(&open(&fixed, "/tasks/x").await.body);
}

#[tokio::test]
async fn in_the_form_that_sends_it() {
    let registered = Some(RegisteredTask {
        name: "hostile".to_owned(),
        queue: NAME.to_owned(),
        parameters: vec![NAME.to_owned()],
        example: serde_json::json!({ NAME: NAME }),
        summary: Some(NAME.to_owned()),
    });
    let fixed = Arc::new(Fixed { registered, ..Fixed::default() });
    assert_inert(&open(&fixed, "/tasks/new?name=hostile").await.body);
}

#[tokio::test]
async fn in_the_address() {
    let fixed = Arc::new(Fixed { unfiltered: 1, ..Fixed::default() });
    let search =
        "name=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%3C%2Ftitle%3E%3C%2Fscript%3E%3Cscript%3Ealert(2)";
    assert_inert(&open(&fixed, &format!("/tasks?{search}")).await.body);
    assert_inert(&open(&fixed, &format!("/tasks/new?{search}")).await.body);
}

#[tokio::test]
async fn no_page_carries_inline_style() {
    let fixed = Arc::new(Fixed {
        rows: vec![row("a", "b", TaskState::Progress)],
        unfiltered: 1,
        detail: Some(detail(row("a", "b", TaskState::Progress))),
        ..Fixed::default()
    });
    for path in ["/", "/tasks", "/tasks/a", "/tasks/new", "/workers", "/queues"] {
        let page = open(&fixed, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains(" style=") && !page.body.contains("<style"), "{path}: {}", page.body);
    }
}
