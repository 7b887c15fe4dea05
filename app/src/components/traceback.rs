//! A traceback in its own scroll box, so that long lines never move the page.

use super::button::CopyButton;
use leptos::prelude::*;

/// The text as it was sent. The box takes focus, so that arrow keys scroll it.
#[component]
pub fn Traceback(#[prop(into)] text: Signal<String>) -> impl IntoView {
    view! {
        <div class="traceback">
            <div class="traceback-tools">
                <CopyButton text=text />
            </div>
            <pre class="traceback-text" tabindex="0" role="region" aria-label="Traceback">
                {text}
            </pre>
        </div>
    }
}
