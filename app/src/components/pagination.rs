//! Going through a list page by page, by links, so that it works without any script.

use super::icon::{Icon, IconName};
use leptos::prelude::*;

/// How many there are, and the ways to the pages before and after.
#[component]
pub fn Pagination(
    /// "1,234 tasks".
    #[prop(into)]
    summary: Signal<String>,
    #[prop(into)] prev: Signal<Option<String>>,
    #[prop(into)] next: Signal<Option<String>>,
) -> impl IntoView {
    let previous = move || match prev.get() {
        Some(href) => view! {
            <a class="button" rel="prev" href=href>
                <Icon name=IconName::ChevronLeft />
                "Previous"
            </a>
        }
        .into_any(),
        None => view! {
            <span class="button page-end" aria-hidden="true">
                <Icon name=IconName::ChevronLeft />
                "Previous"
            </span>
        }
        .into_any(),
    };
    let following = move || match next.get() {
        Some(href) => view! {
            <a class="button" rel="next" href=href>
                "Next"
                <Icon name=IconName::ChevronRight />
            </a>
        }
        .into_any(),
        None => view! {
            <span class="button page-end" aria-hidden="true">
                "Next"
                <Icon name=IconName::ChevronRight />
            </span>
        }
        .into_any(),
    };
    view! {
        <nav class="pagination" aria-label="Pages of the list">
            <p class="pagination-summary tabular">{summary}</p>
            {previous}
            {following}
        </nav>
    }
}
