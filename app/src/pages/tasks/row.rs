//! One task as a row. The whole row is one link; what else can be pressed lies above it.

use super::rows::{Cell, Rows};
use crate::components::badge::StateBadge;
use crate::components::button::CopyButton;
use crate::components::progress::{ProgressBar, Runtime};
use crate::components::relative_time::RelativeTime;
use crate::format::{UNKNOWN, short_id};
use crate::query::encode;
use crate::view::TaskRow;
use leptos::prelude::*;
use std::time::Duration;

/// How long a changed row glows.
const GLOW: Duration = Duration::from_millis(600);

#[component]
pub(super) fn TaskRowView(cell: Cell, rows: Rows) -> impl IntoView {
    let Cell { id, row } = cell;
    let name = row.with_untracked(|row| row.name.clone());
    let row: Signal<TaskRow> = row.into();
    let state = Memo::new(move |_| row.read().state);
    let glows = glow_on_change(state);
    let select_id = id.clone();
    let selected_id = id.clone();
    let is_selected = Memo::new(move |_| rows.selected.read().contains(&selected_id));
    let href = format!("/tasks/{}", encode(&id));
    let short = short_id(&id);
    let label = format!("Select {name} {short}");
    let title = name.clone();
    let full_id = id.clone();
    view! {
        <tr class="row" data-row="" class:row-glow=glows class:row-selected=is_selected>
            <td class="col-select">
                <label class="select-target"><input
                    type="checkbox"
                    name="ids[]"
                    value=id.clone()
                    data-select=""
                    aria-label=label
                    prop:checked=is_selected
                    on:change=move |event| rows.select(&select_id, event_target_checked(&event))
                /></label>
            </td>
            <td class="col-state">
                <StateBadge state custom=Signal::derive(move || row.read().custom_state.clone()) />
            </td>
            <td class="col-name">
                <a class="row-link" href=href data-row-link="" title=title>{name}</a>
            </td>
            <td class="col-id">
                <span class="task-id">
                    <span class="mono" title=full_id>{short}</span>
                    <CopyButton text=Signal::stored(id) label="Copy id" attr:data-copy="" />
                </span>
            </td>
            <td class="col-call mono" title=move || row.read().call.clone()>{move || row.read().call.clone()}</td>
            <td class="col-queue">{move || known(row.read().queue.clone())}</td>
            <td class="col-worker">{move || known(row.read().worker.clone())}</td>
            <td class="col-time">
                <RelativeTime at=Signal::derive(move || row.read().created_at) />
            </td>
            <td class="col-runtime">
                <Show
                    when=move || row.with(|row| row.state.is_running() && row.progress.is_some())
                    fallback=move || view! { <Runtime row /> }
                >
                    <ProgressBar done=Signal::derive(move || row.read().progress) label="Progress" />
                </Show>
            </td>
        </tr>
    }
}

fn known(text: Option<String>) -> String {
    text.unwrap_or_else(|| UNKNOWN.to_owned())
}

/// True for a moment after each change, so that the eye finds what moved.
fn glow_on_change<T: PartialEq + Clone + Send + Sync + 'static>(value: Memo<T>) -> RwSignal<bool> {
    let glows = RwSignal::new(false);
    let glow = move || {
        glows.set(true);
        // The row may be gone by then.
        set_timeout(
            move || {
                let _ = glows.try_set(false);
            },
            GLOW,
        );
    };
    Effect::watch(move || value.get(), move |_, _, _| glow(), false);
    glows
}
