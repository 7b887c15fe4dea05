//! A small line.
use leptos::prelude::*;

#[component]
pub fn Sparkline(#[prop(into)] points: Signal<Vec<u32>>, #[prop(into)] label: String) -> impl IntoView {
    let _ = points;
    view! { <span class="sparkline">{label}</span> }
}
