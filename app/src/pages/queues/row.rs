//! One queue, and the warning that nobody takes from it.

use crate::components::icon::{Icon, IconName};
use crate::components::sparkline::Sparkline;
use crate::format::{UNKNOWN, clock, exact, rate};
use crate::live::use_live;
use crate::pages::live_rows::LiveRow;
use crate::query::queue_href;
use crate::view::QueueRow;
use leptos::prelude::*;

#[component]
pub(super) fn Row(row: LiveRow<QueueRow>) -> impl IntoView {
    let now = use_live().now;
    let (name, row) = (row.key, RwSignal::from(row.row));
    let count = move |value: fn(&QueueRow) -> u64| move || exact(row.with(value));
    let class =
        move |value: fn(&QueueRow) -> u64| move || if row.with(value) == 0 { "num zero" } else { "num" };
    let oldest = move || row.read().oldest.map_or_else(|| UNKNOWN.to_owned(), |at| clock(now.get() - at));
    let workers = move || {
        let row = row.read();
        if row.workers == 0 && row.ready > 0 {
            let words = "No worker takes from it";
            return view! { <span class="mark state-failure"><Icon name=IconName::Alert />{words}</span> }
                .into_any();
        }
        let class = if row.workers == 0 { "zero tabular" } else { "tabular" };
        view! { <span class=class>{row.workers}</span> }.into_any()
    };
    view! {
        <tr>
            <th scope="row">
                <a class="list-link" href=queue_href(&name) title=name.clone()>{name.clone()}</a>
            </th>
            <td class=class(|row| row.ready) data-label="Ready">{count(|row| row.ready)}</td>
            <td class=class(|row| row.held) data-label="Held">{count(|row| row.held)}</td>
            <td class=class(|row| row.in_hand) data-label="In hand">{count(|row| row.in_hand)}</td>
            <td class=move || if row.read().oldest.is_none() { "num zero" } else { "num" } data-label="Oldest waits">{oldest}</td>
            <td data-label="Workers">{workers}</td>
            <td class=move || if row.read().rate == 0.0 { "num zero" } else { "num" } data-label="Finished">{move || rate(row.read().rate)}</td>
            <td class="cell-beside" data-label="Depth, 10 minutes"><Sparkline points=Signal::derive(move || row.read().history.clone()) label="Ready" /></td>
        </tr>
    }
}
