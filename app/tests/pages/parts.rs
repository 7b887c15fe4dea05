//! Components with hostile values.

use super::ports::HOSTILE;
use app::ApiError;
use app::components::badge::StateBadge;
use app::components::error_panel::ErrorPanel;
use app::components::json_view::JsonView;
use app::components::traceback::Traceback;
use app::view::TaskState;
use leptos::prelude::*;
use serde_json::{Value, json};

fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(None);
    owner.with(|| view().into_view().to_html())
}

fn tree(value: Value) -> String {
    html(|| view! { <JsonView value=Signal::stored(value) label="Result" /> })
}

#[test]
fn json_never_becomes_markup() {
    let html = tree(json!({ HOSTILE: [HOSTILE, { "deep": HOSTILE }] }));
    assert!(!html.contains(HOSTILE));
    assert_eq!(html.matches("&lt;img").count(), 3, "{html}");
}

#[test]
fn a_thousand_levels_and_ten_megabytes_stay_a_small_page() {
    let deep = (0..1_000).fold(json!(0), |inner, _| json!([inner]));
    let html = tree(
        json!({ "deep": deep, "long": "x".repeat(10_000_000), "wide": (0..100_000).collect::<Vec<u32>>() }),
    );
    assert!(html.len() < 2_000_000, "{} bytes", html.len());
    assert!(html.contains("Show all 10000000 characters"));
    assert!(html.contains("more characters are not shown here"));
    assert!(html.contains("Show 99900 more"));
}

#[test]
fn folds_need_no_script() {
    let html = tree(json!({ "a": [1, 2], "empty": {} }));
    assert!(html.contains("<details") && html.contains("<summary"));
    assert!(html.contains("2 items"));
    assert!(html.contains("{}"));
}

#[test]
fn a_badge_is_icon_word_and_colour() {
    for state in TaskState::ALL {
        let html = html(|| view! { <StateBadge state=state /> });
        assert!(html.contains("<svg") && html.contains(state.as_str()), "{html}");
        assert!(html.contains(&format!("state-{}", state.as_str().to_lowercase())), "{html}");
    }
}

#[test]
fn a_state_of_the_tasks_own_stands_on_the_badge_as_text() {
    let html = html(|| view! { <StateBadge state=TaskState::Progress custom=HOSTILE.to_owned() /> });
    assert!(html.contains("&lt;img") && !html.contains(HOSTILE), "{html}");
}

#[test]
fn a_traceback_is_a_region_that_takes_focus() {
    let html = html(|| view! { <Traceback text=HOSTILE.to_owned() /> });
    assert!(html.contains(r#"tabindex="0" role="region" aria-label="Traceback""#), "{html}");
    assert!(!html.contains(HOSTILE));
}

#[test]
fn what_is_not_there_is_no_alarm() {
    let panel = |error: ApiError| html(|| view! { <ErrorPanel error /> });
    assert!(panel(ApiError::NotFound("No such task.".to_owned())).contains("error-panel-calm"));
    assert!(!panel(ApiError::Internal("Defect 7.".to_owned())).contains("error-panel-calm"));
}
