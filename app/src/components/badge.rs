//! The state of a task: shape, word and colour.
use crate::view::TaskState;
use leptos::prelude::*;

#[component]
pub fn StateBadge(
    #[prop(into)] state: Signal<TaskState>,
    #[prop(optional, into)] custom: MaybeProp<String>,
) -> impl IntoView {
    view! { <span class="badge">{move || custom.get().unwrap_or_else(|| state.get().as_str().to_owned())}</span> }
}
