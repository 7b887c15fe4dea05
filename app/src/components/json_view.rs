//! A JSON tree.
use leptos::prelude::*;

#[component]
pub fn JsonView(#[prop(into)] value: Signal<serde_json::Value>) -> impl IntoView {
    view! { <pre>{move || value.get().to_string()}</pre> }
}
