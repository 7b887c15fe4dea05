//! Buttons: what one may do here, and how weighty it is.

use super::icon::{Icon, IconName};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use std::time::Duration;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    #[default]
    Plain,
    /// The one thing the page is for.
    Primary,
    /// Destroys something. Its words name the thing and the count.
    Danger,
    /// Only visible as a button under the pointer.
    Ghost,
}

impl ButtonKind {
    /// The classes, for links that look like buttons.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "button",
            Self::Primary => "button button-primary",
            Self::Danger => "button button-danger",
            Self::Ghost => "button button-ghost",
        }
    }
}

/// A button. While `busy` it keeps its size, says so to screen readers and takes no second press.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    /// Sends the form around it.
    #[prop(optional)]
    submit: bool,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_click: Option<Callback<MouseEvent>>,
    children: Children,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        } else if let Some(callback) = on_click {
            callback.run(event);
        }
    };
    view! {
        <button
            class=kind.class()
            type=if submit { "submit" } else { "button" }
            disabled=disabled
            aria-busy=move || busy.get().then_some("true")
            on:click=press
        >
            {children()}
        </button>
    }
}

/// Copies a text. It can only work in the browser, so until the page is alive it cannot be pressed.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    /// What is copied, where the place does not tell: "Copy the command".
    #[prop(default = "Copy".into(), into)]
    label: String,
) -> impl IntoView {
    let alive = RwSignal::new(false);
    let copied = RwSignal::new(false);
    Effect::new(move || alive.set(can_copy()));
    let press = move |_| write_to_clipboard(&text.get_untracked(), copied);
    view! {
        <button class="button button-ghost button-copy" type="button" disabled=move || !alive.get() on:click=press>
            {move || view! { <Icon name=if copied.get() { IconName::Check } else { IconName::Copy } /> }}
            <span aria-live="polite">{move || if copied.get() { "Copied".to_owned() } else { label.clone() }}</span>
        </button>
    }
}

/// Browsers hand out the clipboard on localhost and over TLS only.
fn can_copy() -> bool {
    window().is_secure_context()
}

fn write_to_clipboard(text: &str, copied: RwSignal<bool>) {
    use wasm_bindgen::prelude::{Closure, JsValue};

    let done = Closure::once(move |_: JsValue| {
        copied.set(true);
        set_timeout(move || copied.set(false), Duration::from_millis(1500));
    });
    // A refusal shows by the word "Copied" not appearing; handling it keeps the console clean.
    let refused = Closure::once(|_: JsValue| {});
    let _ = window().navigator().clipboard().write_text(text).then2(&done, &refused);
    done.forget();
    refused.forget();
}
