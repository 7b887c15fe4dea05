//! The page for an address that leads nowhere.

use crate::ApiError;
use crate::api::answer_with_status;
use crate::components::empty::Empty;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    answer_with_status(&ApiError::NotFound(String::new()));
    view! {
        <Title text="Not found" />
        <h1 class="page-title">"Not found"</h1>
        <Empty title="There is no page at this address">
            <p>
                "It may have been mistyped, or what it showed is gone. " <a href="/">"Go to the overview"</a> " or "
                <a href="/tasks">"look through the tasks"</a> "."
            </p>
        </Empty>
    }
}
