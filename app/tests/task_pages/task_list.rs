//! `/tasks`

use crate::ports::{Fixed, row};
use crate::site::open;
use app::view::TaskState;
use std::sync::Arc;

#[tokio::test]
async fn rows_are_in_the_first_html() {
    let rows =
        vec![row("id-1", "shop.pay", TaskState::Success), row("id-2", "shop.ship", TaskState::Failure)];
    let fixed = Arc::new(Fixed { rows, unfiltered: 2, ..Fixed::default() });
    let page = open(&fixed, "/tasks").await;
    assert_eq!(page.status, 200);
    for text in [
        "shop.pay",
        "shop.ship",
        "SUCCESS",
        "FAILURE",
        "842 ms",
        "2 tasks",
        "href=\"/tasks/id-1\"",
        "<title>Tasks",
    ] {
        assert!(page.body.contains(text), "{text} is missing in {}", page.body);
    }
}

#[tokio::test]
async fn the_url_is_the_filter_and_the_form_shows_it() {
    let fixed =
        Arc::new(Fixed { rows: vec![row("a", "x", TaskState::Retry)], unfiltered: 9, ..Fixed::default() });
    let page = open(&fixed, "/tasks?state=RETRY&name=pay&sort=slowest").await;
    assert_eq!(fixed.told(), ["list [Retry] Some(\"pay\") Slowest"]);
    assert!(page.body.contains("value=\"RETRY\" checked"), "{}", page.body);
    assert!(page.body.contains("value=\"pay\""));
    assert!(page.body.contains("sort=fastest"));
}

#[tokio::test]
async fn an_empty_history_tells_how_to_begin() {
    let fixed = Arc::new(Fixed::default());
    let page = open(&fixed, "/tasks").await;
    assert!(page.body.contains("No tasks yet"));
    assert!(page.body.contains("curl http://localhost:5555/api/v1/tasks"));
    assert!(page.body.contains("href=\"/tasks/new\""));
}

#[tokio::test]
async fn no_match_names_the_filters_and_offers_to_clear_them() {
    let fixed = Arc::new(Fixed { unfiltered: 5, ..Fixed::default() });
    let page = open(&fixed, "/tasks?queue=net&since=24h").await;
    for text in ["No task matches", "queue “net”", "created after 24h ago", "Clear the filters"] {
        assert!(page.body.contains(text), "{text} is missing");
    }
}

#[tokio::test]
async fn an_unknown_address_is_not_found() {
    let page = open(&Arc::new(Fixed::default()), "/no/such/page").await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("There is no page at this address"));
}
