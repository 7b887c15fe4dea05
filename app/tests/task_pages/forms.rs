//! What a browser without wasm posts, and where it is led.

use crate::ports::{Fixed, detail, row};
use crate::site::{open, post};
use app::view::TaskState;
use std::sync::Arc;

const SEND: &str = "/fn/send_task";

#[tokio::test]
async fn a_sent_task_leads_to_its_page() {
    let fixed = Arc::new(Fixed::default());
    let form = "name=demo.add&args=%5B2%2C+3%5D&kwargs=&queue=&countdown=5&priority=";
    let reply = post(&fixed, SEND, "/tasks/new", form).await;
    assert_eq!((reply.status, reply.location.as_deref()), (302, Some("/tasks/new-id")));
    assert_eq!(fixed.told(), [r#"{"name":"demo.add","args":[2,3],"kwargs":{},"countdown":5.0}"#]);
}

#[tokio::test]
async fn a_wrong_field_is_told_beside_it() {
    let fixed = Arc::new(Fixed::default());
    let reply = post(&fixed, SEND, "/tasks/new?name=demo.add", "name=demo.add&args=%5B2+3%5D").await;
    assert_eq!(reply.status, 302);
    assert!(fixed.told().is_empty());
    let back = reply.location.expect("the browser is led back to the form");
    let page = open(&fixed, back.trim_start_matches("http://localhost:5555")).await;
    assert!(
        page.body.contains("args is not a JSON array: expected `,` or `]` at column 4."),
        "{}",
        page.body
    );
    assert!(page.body.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn what_was_typed_comes_back_with_the_refusal() {
    let fixed = Arc::new(Fixed::default());
    let form =
        "name=demo.add&args=%5B2+3%5D&kwargs=%7B%22x%22%3A+%22%26%3C%22%7D&queue=net&countdown=5&priority=9";
    let reply = post(&fixed, SEND, "/tasks/new", form).await;
    assert_eq!(reply.status, 302);
    let page = open(&fixed, &reply.location.expect("the browser is led back to the form")).await;
    for text in [
        "value=\"demo.add\"",
        ">[2 3]<",
        "{\"x\": \"&amp;&lt;\"}",
        "value=\"net\"",
        "value=\"5\"",
        "value=\"9\"",
    ] {
        assert!(page.body.contains(text), "{text} is missing in {}", page.body);
    }
    assert!(page.body.contains("args is not a JSON array"));
}

#[tokio::test]
async fn the_form_is_filled_in_for_the_wanted_task() {
    let page = open(&Arc::new(Fixed::default()), "/tasks/new?name=demo.add").await;
    assert!(page.body.contains("value=\"demo.add\""));
    assert!(page.body.contains("\"x\": 2"), "{}", page.body);
    assert!(page.body.contains("Adds two numbers."));
}

#[tokio::test]
async fn a_selection_is_cancelled_and_led_back() {
    let fixed = Arc::new(Fixed::default());
    let reply = post(&fixed, "/fn/cancel_tasks", "/tasks?state=STARTED", "ids%5B%5D=a&ids%5B%5D=b").await;
    assert_eq!(
        (reply.status, reply.location.as_deref()),
        (302, Some("http://localhost:5555/tasks?state=STARTED"))
    );
    assert_eq!(fixed.told(), ["cancel a,b"]);
}

#[tokio::test]
async fn an_empty_selection_and_a_refusal_come_back_as_sentences() {
    let task = detail(row("a", "shop.pay", TaskState::Success));
    let refuse = Some("This task has already finished.".to_owned());
    let fixed = Arc::new(Fixed { detail: Some(task), refuse, ..Fixed::default() });
    for (form, sentence) in [("", "No task is selected."), ("ids%5B%5D=a", "This task has already finished.")]
    {
        let reply = post(&fixed, "/fn/retry_tasks", "/tasks/a", form).await;
        let back = reply.location.expect("the browser is led back");
        let page = open(&fixed, back.trim_start_matches("http://localhost:5555")).await;
        assert!(page.body.contains(sentence), "{sentence} is missing at {back}");
    }
}

#[tokio::test]
async fn a_worker_is_asked_and_its_words_come_back() {
    let fixed = Arc::new(Fixed::default());
    let form = "name=a%2Fb%40host&n=2&act=pool_grow";
    let reply = post(&fixed, "/fn/control_worker", "/workers/a%2Fb@host", form).await;
    let back = "/workers/a%2Fb%40host?told=pool%20will%20grow";
    assert_eq!((reply.status, reply.location.as_deref()), (302, Some(back)));
    assert_eq!(fixed.told(), ["a/b@host PoolGrow { n: 2 }"]);
}

#[tokio::test]
async fn what_a_worker_refuses_comes_back_with_its_reason() {
    let fixed = Arc::new(Fixed { refuse: Some("w refuses: unknown task".to_owned()), ..Fixed::default() });
    let form = "name=w&act=rate_limit&task_name=x&rate_limit=1%2Fm";
    let reply = post(&fixed, "/fn/control_worker", "/workers/w", form).await;
    let location = reply.location.expect("the browser is led back");
    assert!(location.contains("/workers/w?") && location.contains("__err="), "{location}");
}

#[tokio::test]
async fn a_queue_is_purged_only_by_its_name() {
    let fixed = Arc::new(Fixed::default());
    let reply = post(&fixed, "/fn/purge_queue", "/queues/net", "name=net&typed=nte").await;
    assert!(reply.location.is_some_and(|back| back.contains("__err=")));
    assert!(fixed.told().is_empty());
    let reply = post(&fixed, "/fn/purge_queue", "/queues/net", "name=net&typed=net").await;
    assert_eq!(reply.location.as_deref(), Some("/queues/net?told=Purged%201,312%20messages"));
    assert_eq!(fixed.told(), ["purge net"]);
}
