//! Queues.
use leptos::prelude::*;

#[component]
pub fn QueuesPage() -> impl IntoView {
    view! { <h1>"Queues"</h1> }
}
