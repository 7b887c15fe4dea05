//! What a browser without wasm asks of a schedule, and where it is led.

use crate::ports::Fixed;
use crate::site::{open, post};
use std::sync::Arc;

#[tokio::test]
async fn a_switch_comes_back_to_where_it_was_pressed() {
    let fixed = Arc::new(Fixed::default());
    for (from, paused) in [("/schedules?sort=name", "true"), ("/schedules/a%2Fb", "false")] {
        let form = format!("name=a%2Fb&paused={paused}");
        let reply = post(&fixed, "/fn/pause_schedule", from, &form).await;
        assert_eq!(reply.status, 302);
        assert!(reply.location.is_some_and(|location| location.contains(from)));
    }
    assert_eq!(fixed.told(), ["pause a/b true", "pause a/b false"]);
}

#[tokio::test]
async fn a_run_leads_to_the_page_of_its_schedule() {
    let fixed = Arc::new(Fixed::default());
    let reply = post(&fixed, "/fn/run_schedule", "/schedules", "name=a%2Fb").await;
    assert_eq!(reply.location.as_deref(), Some("/schedules/a%2Fb?told=Sent%20the%20task%20new-id"));
    assert_eq!(fixed.told(), ["run a/b"]);
}

#[tokio::test]
async fn a_schedule_is_deleted_only_by_its_name() {
    let fixed = Arc::new(Fixed::default());
    let reply = post(&fixed, "/fn/remove_schedule", "/schedules/net", "name=net&typed=nte").await;
    assert_eq!(reply.status, 302);
    assert!(fixed.told().is_empty());
    let reply = post(&fixed, "/fn/remove_schedule", "/schedules/net", "name=net&typed=net").await;
    assert_eq!(reply.location.as_deref(), Some("/schedules?told=Deleted%20net"));
    assert_eq!(fixed.told(), ["remove net"]);
}

#[tokio::test]
async fn a_refusal_is_told_where_the_form_was() {
    let fixed = Arc::new(Fixed { refuse: Some("It is done.".to_owned()), ..Fixed::default() });
    for path in ["/fn/run_schedule", "/fn/pause_schedule"] {
        let reply = post(&fixed, path, "/schedules", "name=once&paused=true").await;
        let back = reply.location.expect("the browser is led back to the list");
        let page = open(&fixed, back.trim_start_matches("http://localhost:5555")).await;
        assert!(page.body.contains("It is done."), "{path}: {}", page.body);
    }
}
