//! The picture of "there is nothing here", with room for what to do about it.

use leptos::prelude::*;

/// A calm title, and beneath it an explanation, a command or a way out.
#[component]
pub fn Empty(#[prop(into)] title: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <div class="empty">
            <h2 class="empty-title">{title}</h2>
            {children.map(|children| view! { <div class="empty-body">{children()}</div> })}
        </div>
    }
}
