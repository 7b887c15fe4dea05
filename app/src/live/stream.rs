//! Opening, losing, reopening and resting the `EventSource`.

use super::Live;
use super::clock::wall_clock;
use crate::view::LiveFrame;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use std::time::Duration;
use web_sys::{Event, EventSource, MessageEvent};

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The open stream with the callbacks it needs alive.
struct Open {
    source: EventSource,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_open: Closure<dyn FnMut(Event)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// What the callbacks share. It lives on the browser's only thread.
#[derive(Clone, Copy)]
struct Stream {
    live: Live,
    open: StoredValue<Option<Open>, LocalStorage>,
    /// Attempts since the stream was last open.
    attempts: StoredValue<u32>,
}

/// Runs the stream for as long as the tab lives.
pub(super) fn run(live: Live) {
    let stream = Stream { live, open: StoredValue::new_local(None), attempts: StoredValue::new(0) };
    // Pages tell which picture they show while they hydrate, which is after this effect has run.
    request_animation_frame(move || stream.follow_visibility());
    // Both reach the window: the first when the tab is shown or hidden, the second when the browser brings a
    // whole page back out of its history.
    for event in ["visibilitychange", "pageshow"] {
        let _ = window_event_listener_untyped(event, move |_| stream.follow_visibility());
    }
}

impl Stream {
    fn follow_visibility(self) {
        let hidden = document().hidden();
        self.live.standing.update(|standing| {
            standing.hidden = hidden;
            standing.open &= !hidden;
        });
        if hidden {
            self.open.set_value(None);
        } else {
            self.connect();
        }
    }

    fn connect(self) {
        if document().hidden() || self.open.with_value(Option::is_some) {
            return;
        }
        let url = match self.live.seen.get_value() {
            Some(seq) => format!("/events?since={seq}"),
            None => "/events".to_owned(),
        };
        match EventSource::new(&url) {
            Ok(source) => self.open.set_value(Some(self.listen(source))),
            Err(_) => self.lose(),
        }
    }

    fn listen(self, source: EventSource) -> Open {
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            let text = message.data().as_string().unwrap_or_default();
            match serde_json::from_str::<LiveFrame>(&text) {
                Ok(frame) => self.live.receive(frame),
                Err(error) => leptos::logging::warn!("a live frame could not be read: {error}"),
            }
        });
        let on_open = Closure::<dyn FnMut(Event)>::new(move |_| {
            self.attempts.set_value(0);
            self.live.standing.update(|standing| {
                standing.open = true;
                standing.lost_since = None;
            });
        });
        let on_error = Closure::<dyn FnMut(Event)>::new(move |_| self.lose());
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Open { source, _on_message: on_message, _on_open: on_open, _on_error: on_error }
    }

    /// Notes the loss and, where the browser has given up, tries again after a growing wait.
    fn lose(self) {
        self.live.standing.update(|standing| {
            standing.open = false;
            standing.lost_since = standing.lost_since.or_else(|| Some(wall_clock()));
        });
        let browser_retries = self.open.with_value(|open| {
            open.as_ref().is_some_and(|open| open.source.ready_state() == EventSource::CONNECTING)
        });
        if browser_retries {
            return;
        }
        let attempts = self.attempts.get_value();
        self.attempts.set_value(attempts.saturating_add(1));
        // The callback that runs now belongs to the stream, so the stream is dropped only later.
        set_timeout(
            move || {
                self.open.set_value(None);
                self.connect();
            },
            wait_before(attempts),
        );
    }
}

/// One second, doubled with each attempt.
fn wait_before(attempts: u32) -> Duration {
    Duration::from_secs(1_u64 << attempts.min(5)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_bounded() {
        assert_eq!(wait_before(0), Duration::from_secs(1));
        assert_eq!(wait_before(3), Duration::from_secs(8));
        assert_eq!(wait_before(u32::MAX), LONGEST_WAIT);
    }
}
