//! A moment: how long ago, and exactly when.

use super::zone::use_zone;
use crate::format::{iso, relative};
use crate::live::use_live;
use crate::view::Millis;
use leptos::prelude::*;

/// "12s ago", moving with the shared clock; the exact time is in the title.
#[component]
pub fn RelativeTime(#[prop(into)] at: Signal<Millis>) -> impl IntoView {
    let (now, zone) = (use_live().now, use_zone());
    let text = Memo::new(move |_| relative(at.get(), now.get()));
    view! {
        <time class="time" datetime=move || iso(at.get()) title=move || zone.absolute(at.get())>
            {text}
        </time>
    }
}

/// The exact time in the zone of the page, which is named beside it once for many.
#[component]
pub fn ExactTime(#[prop(into)] at: Signal<Millis>) -> impl IntoView {
    let (now, zone) = (use_live().now, use_zone());
    let text = Memo::new(move |_| zone.moment(at.get(), now.get()));
    view! {
        <time class="time" datetime=move || iso(at.get()) title=move || zone.absolute(at.get())>
            {text}
        </time>
    }
}

/// The exact time, and in a column of its own how long ago that is.
#[component]
pub fn ExactAndRelative(#[prop(into)] at: Signal<Millis>) -> impl IntoView {
    let now = use_live().now;
    let text = Memo::new(move |_| relative(at.get(), now.get()));
    view! {
        <span class="time-pair">
            <ExactTime at />
            <span class="time-ago">{text}</span>
        </span>
    }
}
