//! A moment as a list shows it: how long ago, with the exact time at hand.

use crate::format::{absolute, iso, relative};
use crate::live::use_live;
use crate::view::Millis;
use leptos::prelude::*;

/// "12s ago", moving with the shared clock; the exact time is in the title.
#[component]
pub fn RelativeTime(#[prop(into)] at: Signal<Millis>) -> impl IntoView {
    let now = use_live().now;
    let text = Memo::new(move |_| relative(at.get(), now.get()));
    view! {
        <time class="time" datetime=move || iso(at.get()) title=move || absolute(at.get())>
            {text}
        </time>
    }
}

/// The exact time, with how long ago behind it: for details.
#[component]
pub fn ExactTime(#[prop(into)] at: Signal<Millis>) -> impl IntoView {
    let now = use_live().now;
    let text = Memo::new(move |_| relative(at.get(), now.get()));
    view! {
        <time class="time" datetime=move || iso(at.get())>
            {move || absolute(at.get())}
        </time>
        " "
        <span class="time-ago">"("{text}")"</span>
    }
}
