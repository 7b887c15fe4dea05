//! What happened to a task: its attempts, and its events in order.

use crate::components::badge::StateBadge;
use crate::components::relative_time::ExactTime;
use crate::components::table::TableBox;
use crate::components::traceback::Traceback;
use crate::format::{UNKNOWN, duration};
use crate::view::{Attempt, TaskDetail, TimelineEntry};
use leptos::prelude::*;

/// Every run of the task. A task that ran once without trouble needs no table.
#[component]
pub(super) fn Attempts(detail: RwSignal<TaskDetail>) -> impl IntoView {
    let attempts = Memo::new(move |_| detail.read().attempts.clone());
    view! {
        <Show when=move || { attempts.read().len() > 1 }>
            <section class="panel">
                <h2>"Attempts"</h2>
                <TableBox label="Attempts">
                    <table class="table attempts">
                        <thead>
                            <tr>
                                <th scope="col" class="number">"Attempt"</th>
                                <th scope="col">"State"</th>
                                <th scope="col">"Worker"</th>
                                <th scope="col">"Started"</th>
                                <th scope="col" class="number">"Runtime"</th>
                                <th scope="col">"Error"</th>
                            </tr>
                        </thead>
                        <tbody>{move || attempts.get().into_iter().map(attempt_row).collect_view()}</tbody>
                    </table>
                </TableBox>
            </section>
        </Show>
    }
}

fn attempt_row(attempt: Attempt) -> impl IntoView {
    let started = attempt.started_at.map(|at| view! { <ExactTime at=Signal::stored(at) /> });
    let unknown = || UNKNOWN.to_owned();
    let error = attempt.exception.map(|text| match attempt.traceback {
        Some(traceback) => view! {
            <details>
                <summary class="mono">{text}</summary>
                <Traceback text=Signal::stored(traceback) />
            </details>
        }
        .into_any(),
        None => view! { <span class="mono">{text}</span> }.into_any(),
    });
    view! {
        <tr>
            <td class="number">{attempt.number + 1}</td>
            <td>
                <StateBadge state=Signal::stored(attempt.state) />
            </td>
            <td>{attempt.worker.unwrap_or_else(unknown)}</td>
            <td>{started}</td>
            <td class="number">{attempt.runtime.map_or_else(unknown, duration)}</td>
            <td class="attempt-error">{error}</td>
        </tr>
    }
}

/// The events of the task, oldest first.
#[component]
pub(super) fn Timeline(detail: RwSignal<TaskDetail>) -> impl IntoView {
    let entries = Memo::new(move |_| detail.read().timeline.clone());
    view! {
        <Show when=move || !entries.read().is_empty()>
            <section class="panel">
                <h2>"Timeline"</h2>
                <ol class="timeline">{move || steps(entries.get()).collect_view()}</ol>
            </section>
        </Show>
    }
}

/// Each entry with the time since the one before.
fn steps(entries: Vec<TimelineEntry>) -> impl Iterator<Item = impl IntoView> {
    let before: Vec<_> = std::iter::once(None).chain(entries.iter().map(|entry| Some(entry.at))).collect();
    entries.into_iter().zip(before).map(|(entry, before)| {
        let after =
            before.map(|before| format!("+{}", duration((entry.at - before).max(0) as f64 / 1_000.0)));
        view! {
            <li class="timeline-entry">
                <StateBadge state=Signal::stored(entry.state) />
                <span class="timeline-kind mono">{entry.kind}</span>
                <span class="timeline-at">
                    <ExactTime at=Signal::stored(entry.at) />
                </span>
                <span class="timeline-after tabular muted">{after}</span>
                <span class="timeline-detail muted">
                    {[entry.worker, entry.detail].into_iter().flatten().collect::<Vec<_>>().join(" · ")}
                </span>
            </li>
        }
    })
}
