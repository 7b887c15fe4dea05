//! Short notices of what an act led to. They are read out, and they leave by themselves or by a press.

use super::icon::{Icon, IconName};
use leptos::prelude::*;
use std::time::Duration;

/// How long a notice stays. A refusal stays until it is closed: it is something to read.
const STAYS: Duration = Duration::from_secs(6);

/// No more notices than this stand at once; the oldest goes first.
const MOST: usize = 4;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    id: u32,
    text: String,
    href: Option<String>,
    refusal: bool,
}

/// The notices of this tab.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    last: StoredValue<u32>,
}

pub(super) fn provide_toasts() {
    provide_context(Toasts { shown: RwSignal::new(Vec::new()), last: StoredValue::new(0) });
}

/// The notices of this tab.
pub fn use_toasts() -> Toasts {
    expect_context::<Toasts>()
}

impl Toasts {
    /// Tells that something was done.
    pub fn done(self, text: impl Into<String>) {
        self.show(text.into(), None, false);
    }

    /// Tells that something was done, with a link to what came of it.
    pub fn done_with_link(self, text: impl Into<String>, href: String) {
        self.show(text.into(), Some(href), false);
    }

    /// Tells that something was not done, and why.
    pub fn refused(self, text: impl Into<String>) {
        self.show(text.into(), None, true);
    }

    fn show(self, text: String, href: Option<String>, refusal: bool) {
        let id = self.last.get_value().wrapping_add(1);
        self.last.set_value(id);
        self.shown.update(|shown| {
            shown.push(Toast { id, text, href, refusal });
            let over = shown.len().saturating_sub(MOST);
            shown.drain(..over);
        });
        if !refusal {
            set_timeout(move || self.close(id), STAYS);
        }
    }

    fn close(self, id: u32) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// The corner where notices stand. It is in the page from the start, so that screen readers follow it.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    let toast_view = move |toast: Toast| {
        let id = toast.id;
        let icon = if toast.refusal { IconName::Alert } else { IconName::Check };
        view! {
            <div class="toast" class:toast-refusal=toast.refusal>
                <Icon name=icon />
                <p class="toast-text">{toast.text}</p>
                {toast.href.map(|href| view! { <a href=href class="toast-link">"Open"</a> })}
                <button type="button" class="toast-close" aria-label="Close notice" on:click=move |_| toasts.close(id)>
                    <Icon name=IconName::Cross />
                </button>
            </div>
        }
    };
    view! {
        <div class="toasts" role="region" aria-label="Notices" aria-live="polite">
            <For each=move || toasts.shown.get() key=|toast| toast.id children=toast_view />
        </div>
    }
}
