//! What went wrong.
use crate::ApiError;
use leptos::prelude::*;

#[component]
pub fn ErrorPanel(#[prop(into)] error: Signal<ApiError>) -> impl IntoView {
    view! { <div class="error-panel" role="alert">{move || error.get().message().to_owned()}</div> }
}
