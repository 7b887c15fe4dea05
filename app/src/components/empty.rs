//! Nothing to show.
use leptos::prelude::*;

#[component]
pub fn Empty(#[prop(into)] title: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! { <div class="empty"><h2>{title}</h2>{children.map(|children| children())}</div> }
}
