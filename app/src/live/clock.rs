//! The shared clock: the server's moment first, then one tick a second.

use crate::view::Millis;
use leptos::prelude::*;
use std::time::Duration;

/// Starts at the moment the server rendered the page, so that relative times agree between the HTML and the
/// hydrated page; only afterwards does it move.
pub(super) fn start() -> (ReadSignal<Millis>, WriteSignal<Millis>) {
    let rendered = SharedValue::new(wall_clock).into_inner();
    signal(rendered)
}

/// Moves the clock on by the time that passes here, in the browser. The difference between the two clocks
/// is kept: the browser's may be minutes off.
pub(super) fn tick(now: ReadSignal<Millis>, set_now: WriteSignal<Millis>) {
    let ahead = wall_clock() - now.get_untracked();
    let advance = move || {
        if !document().hidden() {
            set_now.set(wall_clock() - ahead);
        }
    };
    // Without a timer the clock stands still, and everything else works.
    if let Ok(timer) = set_interval_with_handle(advance, Duration::from_secs(1)) {
        on_cleanup(move || timer.clear());
    }
}

/// This machine's clock.
#[cfg(feature = "ssr")]
pub fn wall_clock() -> Millis {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since_epoch.as_millis()).unwrap_or(Millis::MAX)
}

/// This machine's clock.
#[cfg(not(feature = "ssr"))]
pub fn wall_clock() -> Millis {
    js_sys::Date::now() as Millis
}
