//! The crosshair and the numbers beside it. It exists only under a pointer or the keyboard's focus.

use super::scale::{Bar, length};
use crate::components::zone::use_zone;
use crate::format::exact;
use crate::live::use_live;
use leptos::prelude::*;

/// The box is as wide as its longest line, and turns to the other side of the line in the right half.
const WIDTH: i32 = 136;
const GAP: i32 = 8;

/// Drawn in pixels along a width given in per cent, so that its words are never stretched.
#[component]
pub fn Tip(
    #[prop(into)] bar: Signal<Bar>,
    #[prop(into)] at: Signal<usize>,
    #[prop(into)] count: Signal<usize>,
    #[prop(into)] seconds: Signal<u32>,
) -> impl IntoView {
    let (now, zone) = (use_live().now, use_zone());
    let place = move || format!("{:.3}%", (at.get() as f64 + 0.5) * 100.0 / count.get() as f64);
    let side = move || {
        let x = if at.get() * 2 > count.get() { -(WIDTH + GAP) } else { GAP };
        format!("translate({x} 8)")
    };
    let line = |y: i32, class: &'static str, word: &'static str, value: Signal<u64>| {
        view! {
            <text class=class x="10" y=y>{word}</text>
            <text class=class x=WIDTH - 10 y=y text-anchor="end">{move || exact(value.get())}</text>
        }
    };
    view! {
        <svg class="chart-tip" width="100%" height="100%" aria-hidden="true">
            <line class="chart-cross" x1=place x2=place y1="0" y2="100%" />
            <svg x=place overflow="visible">
                <g transform=side>
                    <rect class="chart-tip-box" width=WIDTH height="88" rx="6" />
                    <text class="chart-tip-time" x="10" y="20">
                        {move || format!("{}, {}", zone.clock(bar.get().at, now.get()), length(seconds.get()))}
                    </text>
                    {line(40, "state-success", "Succeeded", Signal::derive(move || bar.get().succeeded))}
                    {line(58, "state-retry", "Retried", Signal::derive(move || bar.get().retried))}
                    {line(76, "state-failure", "Failed", Signal::derive(move || bar.get().failed))}
                </g>
            </svg>
        </svg>
    }
}
