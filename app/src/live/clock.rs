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

/// How far apart two readings may be before the difference is a clock that was set, not a slow message.
const SLOW: Millis = 2_000;

/// How far this machine's clock is ahead of the server's. The browser's may be minutes off.
#[derive(Clone, Copy)]
pub(super) struct Ahead(StoredValue<Millis>);

impl Ahead {
    /// Taken when the page comes alive, it holds the time the page was on its way as well; frames correct it.
    pub(super) fn new(now: ReadSignal<Millis>) -> Self {
        Self(StoredValue::new(wall_clock() - now.get_untracked()))
    }

    /// Learns from what the server's clock said a moment ago. The shortest way is the truest reading.
    pub(super) fn hear(self, server: Millis) {
        let heard = wall_clock() - server;
        self.0.update_value(|ahead| *ahead = truer(*ahead, heard));
    }

    /// The server's clock, as far as it is known here.
    fn server_now(self) -> Millis {
        wall_clock() - self.0.get_value()
    }
}

fn truer(known: Millis, heard: Millis) -> Millis {
    if heard < known || heard > known + SLOW { heard } else { known }
}

/// Moves the clock on by the time that passes here, in the browser.
pub(super) fn tick(ahead: Ahead, set_now: WriteSignal<Millis>) {
    let advance = move || {
        if !document().hidden() {
            set_now.set(ahead.server_now());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_way_is_believed_until_a_clock_is_set() {
        assert_eq!(truer(500, 20), 20);
        assert_eq!(truer(20, 500), 20);
        assert_eq!(truer(20, 60_020), 60_020);
    }
}
