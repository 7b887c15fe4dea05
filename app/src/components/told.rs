//! What came of an act, in a sentence that stays in the page.

use super::icon::{Icon, IconName};
use leptos::prelude::*;

#[component]
pub fn Told(#[prop(into)] sentence: String) -> impl IntoView {
    view! {
        <p class="told">
            <Icon name=IconName::Check />
            <span>{sentence}</span>
        </p>
    }
}
