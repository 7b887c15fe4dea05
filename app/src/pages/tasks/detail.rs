//! To come.
use leptos::prelude::*;

#[component]
pub fn TaskPage() -> impl IntoView {
    view! { <h1>"Tasks"</h1> }
}
