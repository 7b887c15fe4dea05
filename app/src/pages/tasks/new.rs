//! To come.
use leptos::prelude::*;

#[component]
pub fn NewTaskPage() -> impl IntoView {
    view! { <h1>"Tasks"</h1> }
}
