//! Workers.
use leptos::prelude::*;

#[component]
pub fn WorkersPage() -> impl IntoView {
    view! { <h1>"Workers"</h1> }
}

#[component]
pub fn WorkerPage() -> impl IntoView {
    view! { <h1>"Worker"</h1> }
}
