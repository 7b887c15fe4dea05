//! What the list and the page of a worker both show of it.

use crate::components::icon::{Icon, IconName};
use crate::view::WorkerRow;
use leptos::prelude::*;

/// More slots than this are shown as one bar.
const MOST_MARKS: u32 = 16;
const MARK: u32 = 5;
const STRIDE: u32 = MARK + 2;
const HEIGHT: u32 = 6;

/// Online or offline: shape, word and colour.
#[component]
pub fn OnlineMark(#[prop(into)] online: Signal<bool>) -> impl IntoView {
    view! {
        <span class=move || if online.get() { "mark state-success" } else { "mark state-failure" }>
            {move || view! { <Icon name=if online.get() { IconName::Check } else { IconName::Cross } /> }}
            {move || if online.get() { "Online" } else { "Offline" }}
        </span>
    }
}

/// How many slots are taken: a mark each, or one bar where they are many, and always the numbers.
#[component]
pub fn Slots(#[prop(into)] active: Signal<u32>, #[prop(into)] slots: Signal<Option<u32>>) -> impl IntoView {
    let width = MOST_MARKS * STRIDE - 2;
    let picture = move || match slots.get() {
        None | Some(0) => (String::new(), String::new()),
        Some(all) if all <= MOST_MARKS => {
            let mark = |at: u32| format!("M{} 0h{MARK}v{HEIGHT}h-{MARK}z", at * STRIDE);
            let taken = active.get().min(all);
            ((0..taken).map(mark).collect(), (taken..all).map(mark).collect())
        }
        Some(all) => {
            let taken = (u64::from(active.get().min(all)) * u64::from(width)).div_ceil(u64::from(all));
            (format!("M0 0h{taken}v{HEIGHT}h-{taken}z"), format!("M0 0h{width}v{HEIGHT}h-{width}z"))
        }
    };
    let picture = Memo::new(move |_| picture());
    view! {
        <span class="slots">
            <span class="slots-count tabular">
                {move || active.get()} " / " {move || slots.get().map_or("–".to_owned(), |slots| slots.to_string())}
            </span>
            <svg class="slots-bar" width=width height=HEIGHT viewBox=format!("0 0 {width} {HEIGHT}") aria-hidden="true">
                <path class="slots-free" d=move || picture.get().1 />
                <path class="slots-taken" d=move || picture.get().0 />
            </svg>
        </span>
    }
}

/// "Clock 12.0 s ahead": shown only where a worker's clock and ours disagree, since its times are then not ours.
pub fn skew(row: &WorkerRow) -> Option<String> {
    row.clock_skew.map(|seconds| {
        let side = if seconds > 0.0 { "ahead" } else { "behind" };
        format!("Clock {} {side}", crate::format::duration(seconds.abs()))
    })
}

/// The three load averages, as every Unix tool prints them.
pub fn load(row: &WorkerRow) -> String {
    row.loadavg.map_or_else(
        || crate::format::UNKNOWN.to_owned(),
        |[one, five, fifteen]| format!("{one:.2} {five:.2} {fifteen:.2}"),
    )
}
