//! The pages of schedules.

use super::ports::{HOSTILE, backend, empty_backend, troubled_backend};
use super::{assert_safe, render};

#[tokio::test]
async fn the_list_says_what_is_next_what_was_last_and_how_it_went() {
    let html = render("/schedules", backend()).await;
    assert_safe(&html);
    for part in [
        "Scheduled by ",
        "umbel@host",
        "every 10 minutes",
        r#"title="*/10 * * * *, Europe/Berlin""#,
        r#"title="2023-11-14 22:16:45 UTC""#,
        "842 ms",
        r#"<a href="/tasks/run-10" title="2023-11-14 22:03:20 UTC · STARTED, on time" tabindex="-1" class="run run-running"#,
        "2023-11-14 21:13:20 UTC · SUCCESS in 842 ms, 7.0 s late",
        "40 newest: 24 SUCCESS, 12 missed, 1 FAILURE, 1 left out, 1 PENDING, 1 STARTED",
        r#"aria-label="every-ten is scheduled""#,
        r#"aria-checked="false" aria-label="asleep is scheduled""#,
        "No worker has told that it can run proj.report.",
        "There is no zone &lt;img",
        r#"href="/schedules/every-ten" title="every-ten" data-row-link="""#,
        "55 schedules",
        r#"href="/schedules?offset=50""#,
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert_eq!(
        html.matches(r#"action="/fn/pause_schedule""#).count(),
        3,
        "what is done or broken has no switch"
    );
    assert_eq!(html.matches(r#"action="/fn/run_schedule""#).count(), 4, "what is broken cannot run");
    assert!(!html.contains("celery beat runs beside"));
}

#[tokio::test]
async fn who_schedules_is_told_and_who_does_so_beside_us() {
    let html = render("/schedules", troubled_backend()).await;
    assert_safe(&html);
    assert!(html.contains("Nobody schedules at the moment"));
    assert!(html.contains("A celery beat runs beside this"));
    assert!(html.contains("What both have in their schedules runs twice."));
}

#[tokio::test]
async fn the_address_is_the_state_of_the_list() {
    let html = render("/schedules?search=every&standing=active&sort=name&offset=50", backend()).await;
    for part in [
        r#"value="every""#,
        r#"<option value="active" selected"#,
        r#"<option value="name" selected"#,
        r#"href="/schedules?search=every&amp;standing=active&amp;sort=name""#,
        r#"href="/schedules?search=every&amp;standing=active&amp;sort=name&amp;offset=100""#,
        r#"href="/schedules?search=every&amp;standing=active&amp;sort=last""#,
        r#"aria-sort="ascending" class=""><a href="/schedules?search=every&amp;standing=active&amp;sort=name""#,
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[tokio::test]
async fn an_empty_list_says_how_to_begin_and_one_without_a_match_how_to_go_on() {
    let html = render("/schedules", empty_backend()).await;
    assert!(html.contains("No schedule yet"));
    assert!(html.contains("[beat_schedule.every-morning]"));
    assert!(html.contains(r#"href="/schedules/new""#));
    let html = render("/schedules?search=nothing&standing=done&sort=last", backend()).await;
    assert!(html.contains("No schedule matches"));
    assert!(html.contains("name or task “nothing”"));
    assert!(html.contains(r#"href="/schedules?sort=last""#), "clearing keeps the order");
}

#[tokio::test]
async fn the_week_is_a_table_with_heads_and_the_present_hour() {
    let html = render("/schedules?view=calendar", backend()).await;
    assert_safe(&html);
    for part in [
        r#"<table role="grid" aria-label="Expected tasks by day and hour, UTC" class="week">"#,
        r#"<th scope="row">03:00"#,
        "03:00: 1,320 tasks, about 2 m 00 s of work. Most of them: every-ten, &lt;img",
        r#"class="week-5">1.3k"#,
        "23:00: nothing",
        "All day",
        "zone-switch",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert_eq!(html.matches(r#"scope="row""#).count(), 25);
    assert_eq!(
        html.matches(r#"tabindex="0" aria-current="time""#).count(),
        1,
        "the present hour is where keys begin"
    );
}

#[tokio::test]
async fn one_schedule_with_all_that_is_known() {
    let html = render("/schedules/every-ten", backend()).await;
    assert_safe(&html);
    for part in [
        "12,483",
        "each made up for, at most 10",
        "Tue 14 Nov 2023 23:20:00 CET",
        "This hour comes twice; it runs in the first.",
        r#"<a href="/tasks/run-60" title="run-60" class="mono">"#,
        "7.0 s late",
        "missed, nobody was there, 12 times",
        "left out, the one before still ran",
        r#"href="/schedules/every-ten/edit""#,
        r#"action="/fn/remove_schedule""#,
        r#"href="/queues/reports""#,
        r#"href="/tasks?name=proj.report""#,
        "json-tree",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[tokio::test]
async fn what_is_written_elsewhere_is_read_only_here() {
    for (name, place) in
        [("every-morning", "the file umbel.toml of umbel@host"), ("asleep", "the code of umbel@host")]
    {
        let html = render(&format!("/schedules/{name}"), backend()).await;
        assert!(html.contains(place), "{html}");
        assert!(!html.contains("/fn/remove_schedule"));
        assert!(!html.contains("/edit"));
        assert!(html.contains("/fn/pause_schedule"), "it can be paused all the same");
    }
}

#[tokio::test]
async fn a_hostile_schedule_stays_text_and_an_unknown_one_is_not_found() {
    let address: String = HOSTILE.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let html = render(&format!("/schedules/{address}"), backend()).await;
    assert_safe(&html);
    assert!(html.contains("There is no zone &lt;img"));
    assert!(!html.contains("/fn/run_schedule"));
    let html = render("/schedules/nobody", backend()).await;
    assert!(html.contains("No schedule is called nobody."));
}
