//! What finished over time, as stacked bars: drawn on the server too, so nothing moves when the page comes alive.
//!
//! Bars stretch with the page; words never do, so they stand in HTML around the picture. Positions are SVG
//! attributes, because the content security policy forbids inline styles.

mod drawing;
pub mod scale;
pub mod tip;

use super::icon::{Icon, IconName};
use crate::format::{exact, relative, short};
use crate::view::SeriesPoint;
use drawing::{HEIGHT, grid, stack};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use scale::{Bar, PARTS, bar_seconds, bars, ceiling, length, ticks};
use tip::Tip;

/// The chart. Under the pointer, or with the arrow keys, it tells the numbers of one bar.
#[component]
pub fn Chart(
    /// Oldest first, evenly spaced.
    #[prop(into)]
    points: Signal<Vec<SeriesPoint>>,
    /// Seconds one point stands for.
    #[prop(into)]
    step: Signal<u32>,
    /// What stands in the picture when all is zero: "Nothing finished in the last ten minutes".
    #[prop(into)]
    empty: Signal<String>,
) -> impl IntoView {
    let seconds = Memo::new(move |_| points.with(|points| bar_seconds(points.len(), step.get())));
    let span = Memo::new(move |_| points.with(|points| points.len() as u64 * u64::from(step.get())));
    let bars = Memo::new(move |_| points.with(|points| bars(points, step.get())));
    let count = Memo::new(move |_| bars.with(|bars| bars.len().max(1)));
    let sums = Memo::new(move |_| bars.with(|bars| sum(bars)));
    let top =
        Memo::new(move |_| ceiling(bars.with(|bars| bars.iter().map(Bar::total).max().unwrap_or_default())));
    let layers = Memo::new(move |_| bars.with(|bars| stack(bars, top.get())));
    let chosen = RwSignal::new(None::<usize>);

    let now_at = move || {
        points.with(|points| points.last().map_or(0, |point| point.at + i64::from(step.get()) * 1_000))
    };
    let at = move || chosen.get().unwrap_or(usize::MAX).min(count.get() - 1);
    let bar = move || bars.with(|bars| bars.get(at()).copied().unwrap_or_default());
    let words = move || {
        let bar = bar();
        format!("{}: {}", relative(bar.at, now_at()), spoken(&bar))
    };
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let (at, last) = (at(), count.get_untracked() - 1);
        let next = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => at.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => (at + 1).min(last),
            "PageUp" => (at + 10).min(last),
            "PageDown" => at.saturating_sub(10),
            "Home" => 0,
            "End" => last,
            "Escape" => return chosen.set(None),
            _ => return,
        };
        event.prevent_default();
        chosen.set(Some(next));
    };
    let on_point = move |event: PointerEvent| {
        let Some(plot) =
            event.current_target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok())
        else {
            return;
        };
        let share = f64::from(event.offset_x()) / f64::from(plot.offset_width().max(1));
        chosen.set(Some((share.clamp(0.0, 1.0) * count.get_untracked() as f64) as usize));
    };

    view! {
        <div class="chart">
            <ul class="chart-legend">
                <li class="state-success">
                    <Icon name=IconName::Check />
                    "Succeeded "
                    <b>{move || exact(sums.get().succeeded)}</b>
                </li>
                <li class=move || if sums.get().retried == 0 { "muted" } else { "state-retry" }>
                    <Icon name=IconName::Loop />
                    "Retried "
                    <b>{move || exact(sums.get().retried)}</b>
                </li>
                <li class=move || if sums.get().failed == 0 { "muted" } else { "state-failure" }>
                    <Icon name=IconName::Cross />
                    "Failed "
                    <b>{move || exact(sums.get().failed)}</b>
                </li>
                <li class="chart-unit">{move || format!("tasks per {}", length(seconds.get()))}</li>
            </ul>
            <div class="chart-frame">
                <div class="chart-y" aria-hidden="true">
                    {(0..=PARTS)
                        .rev()
                        .map(|part| view! { <span>{move || short(top.get() / PARTS * part)}</span> })
                        .collect_view()}
                </div>
                <div
                    class="chart-plot"
                    tabindex="0"
                    role="slider"
                    aria-label="Finished tasks over time, one moment at a time"
                    aria-valuemin="0"
                    aria-valuemax=move || count.get() - 1
                    aria-valuenow=at
                    aria-valuetext=words
                    on:keydown=on_key
                    on:pointermove=on_point
                    on:pointerdown=on_point
                    on:pointerleave=move |_| chosen.set(None)
                    on:focus=move |_| if chosen.get_untracked().is_none() { chosen.set(Some(usize::MAX)) }
                    on:blur=move |_| chosen.set(None)
                >
                    <svg
                        class="chart-bars"
                        viewBox=move || format!("0 0 {} {HEIGHT}", count.get())
                        preserveAspectRatio="none"
                        aria-hidden="true"
                    >
                        <path class="chart-grid" d=move || grid(count.get()) vector-effect="non-scaling-stroke" />
                        <path class="chart-area state-success" d=move || layers.with(|layers| layers.succeeded.clone()) />
                        <path class="chart-area state-retry" d=move || layers.with(|layers| layers.retried.clone()) />
                        <path class="chart-area state-failure" d=move || layers.with(|layers| layers.failed.clone()) />
                    </svg>
                    {move || {
                        chosen
                            .get()
                            .map(|_| view! { <Tip bar=Signal::derive(bar) at=Signal::derive(at) count seconds /> })
                    }}
                    {move || (sums.get().total() == 0).then(|| view! { <p class="chart-empty">{empty}</p> })}
                </div>
                <div class="chart-x" aria-hidden="true">
                    {move || ticks(span.get()).into_iter().map(|word| view! { <span>{word}</span> }).collect_view()}
                </div>
            </div>
            <p class="visually-hidden">{move || summary(&sums.get(), &bars.get(), now_at())}</p>
        </div>
    }
}

fn sum(bars: &[Bar]) -> Bar {
    bars.iter().fold(Bar::default(), |sum, bar| Bar {
        at: sum.at,
        succeeded: sum.succeeded + bar.succeeded,
        retried: sum.retried + bar.retried,
        failed: sum.failed + bar.failed,
    })
}

fn spoken(bar: &Bar) -> String {
    format!(
        "{} succeeded, {} retried, {} failed",
        exact(bar.succeeded),
        exact(bar.retried),
        exact(bar.failed)
    )
}

/// The chart in one sentence, for those who do not see it.
fn summary(sums: &Bar, bars: &[Bar], now: i64) -> String {
    let Some(peak) = bars.iter().max_by_key(|bar| bar.total()).filter(|bar| bar.total() > 0) else {
        return "No task finished in this time.".to_owned();
    };
    format!(
        "In all {}. The busiest moment was {}, with {}.",
        spoken(sums),
        relative(peak.at, now),
        spoken(peak)
    )
}
