//! The zone in which exact times are written.
//!
//! The server cannot know the browser's zone, so its HTML says UTC. Once the page is alive the times turn to the
//! browser's own zone, unless the reader has asked for UTC; the choice is remembered.

use super::remembered::{recall, remember};
use crate::format::{Zone, absolute, moment, zone_name};
use crate::live::use_live;
use crate::view::Millis;
use leptos::prelude::*;

/// The name the choice is remembered under.
const KEY: &str = "umbel-zone";

/// The zone of this tab.
#[derive(Clone, Copy)]
pub struct TabZone {
    local: RwSignal<bool>,
}

/// Creates the zone of this tab. Called once, by the layout.
pub(super) fn provide_zone() {
    let zone = TabZone { local: RwSignal::new(false) };
    provide_context(zone);
    Effect::new(move |_| {
        // The rest of the page hydrates after this effect, and must find the server's words.
        request_animation_frame(move || zone.local.set(recall(KEY).as_deref() != Some("utc")));
    });
}

/// The zone of this tab.
pub fn use_zone() -> TabZone {
    expect_context::<TabZone>()
}

impl TabZone {
    /// A moment where the zone is named once for many.
    pub fn moment(self, at: Millis, now: Millis) -> String {
        moment(at, now, self.at(at))
    }

    /// A moment to the second, for axes and tips, where thousandths say nothing.
    pub fn clock(self, at: Millis, now: Millis) -> String {
        let mut text = self.moment(at, now);
        text.truncate(text.len() - ".000".len());
        text
    }

    /// A moment with its date and zone.
    pub fn absolute(self, at: Millis) -> String {
        absolute(at, self.at(at))
    }

    /// The zone by the name under which everybody knows it: "Europe/Berlin".
    pub fn name(self) -> String {
        let named = self.local.get().then(browser_zone_name).flatten();
        named.unwrap_or_else(|| "UTC".to_owned())
    }

    /// How far the zone is from UTC at a moment; summer and winter differ.
    fn at(self, at: Millis) -> Zone {
        if self.local.get() { browser_zone(at) } else { 0 }
    }
}

/// How far the browser's zone is from UTC at a moment. The server never asks: there the zone stays UTC.
fn browser_zone(at: Millis) -> Zone {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at as f64));
    -(date.get_timezone_offset() as Zone)
}

/// The name of the browser's zone. The server never asks, as above.
fn browser_zone_name() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
}

/// Names the zone, and turns from the browser's to UTC and back.
#[component]
pub fn ZoneSwitch() -> impl IntoView {
    let zone = use_zone();
    let now = use_live().now;
    let name = Memo::new(move |_| zone_name(zone.at(now.get())));
    let word = move || if zone.local.get() { format!("Local, {}", name.get()) } else { name.get() };
    let title = move || match zone.local.get() {
        true => "Times are in the browser's zone. Press for UTC.",
        false => "Times are in UTC. Press for the browser's zone.",
    };
    let turn = move |_| {
        zone.local.update(|local| *local = !*local);
        remember(KEY, if zone.local.get_untracked() { "local" } else { "utc" });
    };
    view! {
        <button type="button" class="zone-switch" title=title on:click=turn>
            {word}
        </button>
    }
}
