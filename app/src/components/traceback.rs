//! A traceback.
use leptos::prelude::*;

#[component]
pub fn Traceback(#[prop(into)] text: Signal<String>) -> impl IntoView {
    view! { <pre>{move || text.get()}</pre> }
}
