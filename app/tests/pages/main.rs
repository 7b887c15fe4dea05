//! Pages as the server renders them, on ports of fixed rows: what a reader without wasm gets.

#![cfg(feature = "ssr")]

mod parts;
mod ports;
mod schedule_rows;
mod schedules;

use any_spawner::Executor;
use app::App;
use app::backend::Backend;
use futures::StreamExt;
use leptos::prelude::*;
use leptos_router::location::RequestUrl;
use ports::{HOSTILE, backend, empty_backend, troubled_backend};

/// Renders one address as HTML.
async fn render(address: &str, backend: Backend) -> String {
    // The second test to come finds the executor already set, which is as good.
    let _ = Executor::init_tokio();
    let owner = Owner::new_root(None);
    let stream = owner.with(|| {
        provide_context(RequestUrl::new(address));
        provide_context(backend);
        view! { <App /> }.to_html_stream_in_order()
    });
    stream.collect::<Vec<_>>().await.concat()
}

/// Nothing a task or a worker is named by may become markup, and nothing may need an inline style.
fn assert_safe(html: &str) {
    assert!(!html.contains(HOSTILE), "a hostile name stands in the page as markup");
    assert!(!html.contains(" style="), "the content security policy forbids inline styles");
    assert!(!html.contains(" onclick"), "the content security policy forbids inline handlers");
}

#[tokio::test]
async fn a_healthy_overview_is_calm() {
    let html = render("/", backend()).await;
    assert_safe(&html);
    assert!(html.contains("All healthy"));
    for link in [
        "/tasks?state=STARTED,PROGRESS",
        "/tasks?state=PENDING,RECEIVED",
        "/tasks?state=FAILURE&amp;since=1h",
    ] {
        assert!(html.contains(&format!("href=\"{link}\"")), "the tile to {link} is missing");
    }
    assert!(html.contains("12.4k"), "tiles show short numbers");
    assert!(html.contains("title=\"12,483\""), "and exact ones in the title");
    assert!(html.contains("10m ago"), "the chart has its words on the server too");
}

#[tokio::test]
async fn troubles_are_told_with_the_way_to_them() {
    let html = render("/", troubled_backend()).await;
    assert_safe(&html);
    assert!(!html.contains("All healthy"));
    assert!(html.contains(r#"href="/queues""#));
    assert!(html.contains("Queue net has 312 ready messages and no worker"));
    assert_eq!(html.matches("tile-bad").count(), 2, "failures and missing workers are red, nothing else is");
}

#[tokio::test]
async fn the_span_stands_in_the_address() {
    let html = render("/?span=day", backend()).await;
    assert!(html.contains(r#"href="/?span=day" aria-current="true""#), "{html}");
}

#[tokio::test]
async fn a_fresh_overview_says_how_to_begin() {
    let html = render("/", empty_backend()).await;
    assert!(html.contains("No task has run yet"));
    assert!(html.contains("curl localhost:5555/api/v1/tasks"));
    assert!(html.contains(r#"href="/tasks/new""#));
}

#[tokio::test]
async fn workers_are_listed_with_marks_in_words() {
    let html = render("/workers", backend()).await;
    assert_safe(&html);
    for word in ["Online", "Offline", "Clock 12.0 s ahead", "umbel 0.1.0", "1 online, 1 offline"] {
        assert!(html.contains(word), "{word} is missing");
    }
}

#[tokio::test]
async fn a_worker_shows_what_runs_in_its_slots() {
    let html = render("/workers/umbel@host", backend()).await;
    assert_safe(&html);
    assert!(html.contains(r#"href="/tasks/id-1""#));
    assert!(html.contains("42 %"));
    assert!(html.contains("Registered tasks"));
}

#[tokio::test]
async fn a_worker_nobody_knows_is_not_found() {
    let html = render("/workers/nobody", backend()).await;
    assert!(html.contains("Not found"));
    assert!(html.contains("No worker is called nobody."));
}

#[tokio::test]
async fn a_queue_nobody_takes_from_is_a_warning_in_words() {
    let html = render("/queues", backend()).await;
    assert_safe(&html);
    assert_eq!(html.matches("No worker takes from it").count(), 1);
    assert!(html.contains(r#"href="/queues/net""#));
}

#[tokio::test]
async fn a_queue_shows_what_waits_page_by_page() {
    let html = render("/queues/net?offset=50", backend()).await;
    assert_safe(&html);
    for part in [
        "51 to 100 of 316",
        r#"href="/queues/net""#,
        r#"href="/queues/net?offset=100""#,
        r#"href="/tasks/id-50""#,
    ] {
        assert!(html.contains(part), "{part} is missing");
    }
    assert!(html.contains("/fn/purge_queue"), "it can be purged without a script");
}

#[tokio::test]
async fn the_name_of_a_queue_may_be_anything() {
    let html = render("/queues/a%2Fb%20%C3%A9%3F", backend()).await;
    assert!(html.contains("<h1 class=\"queue-name\">a/b é?<"), "{html}");
    assert!(html.contains(r#"href="/queues/a%2Fb%20%C3%A9%3F?offset=50""#));
}

#[tokio::test]
async fn an_empty_queue_says_so_and_cannot_be_purged() {
    let html = render("/queues/net", empty_backend()).await;
    assert!(html.contains("Nothing waits here"));
}

#[tokio::test]
async fn a_worker_is_controlled_by_forms_and_tells_of_itself() {
    let html = render("/workers/umbel@host", backend()).await;
    assert_safe(&html);
    assert!(html.matches(r#"action="/fn/control_worker""#).count() >= 8);
    for part in [
        r#"value="pool_grow""#,
        r#"value="shutdown""#,
        "celery.concurrency.prefork:TaskPool",
        "rate_limit=30/m",
        "6561, 6562",
        "key net.#",
        "Held until due",
    ] {
        assert!(html.contains(part), "{part} is missing");
    }
}

#[tokio::test]
async fn a_worker_that_does_not_answer_in_time_is_asked_again_in_the_page() {
    let html = render("/workers/umbel@host", troubled_backend()).await;
    assert!(html.contains("It is being asked…"));
    assert!(html.contains("papers.process_pdf"), "what its events tell stands all the same");
}

#[tokio::test]
async fn what_an_act_led_to_comes_back_without_a_script() {
    let html = render("/workers/umbel@host?told=pool%20will%20grow%3Cb%3E", backend()).await;
    assert!(html.contains("pool will grow&lt;b&gt;"));
}

#[tokio::test]
async fn every_page_names_the_broker_and_tells_of_an_outage() {
    for page in ["/", "/queues", "/workers", "/nowhere"] {
        let html = render(page, backend()).await;
        assert!(html.contains("redis://localhost:6379/0"), "{page}");
        assert!(!html.contains("cannot be reached"), "{page}");
        let html = render(page, troubled_backend()).await;
        assert_safe(&html);
        assert!(html.contains("Redis cannot be reached since "), "{page}");
        assert!(html.contains("Nothing is lost"), "{page}");
    }
}

#[tokio::test]
async fn empty_lists_explain_themselves() {
    assert!(render("/workers", empty_backend()).await.contains("No worker has been seen"));
    assert!(render("/queues", empty_backend()).await.contains("No queue yet"));
}
