//! The table of tasks: its head, its rows, and the places before and after them.

use super::empty::NoTasks;
use super::follow::{FreshChip, follow};
use super::row::TaskRowView;
use super::rows::Rows;
use super::selection::Selection;
use crate::components::pagination::Pagination;
use crate::components::table::{SortHeader, Sorted, TableBox};
use crate::format::exact;
use crate::live::use_live;
use crate::query::TaskQuery;
use crate::view::{Page, TaskRow, TaskSort};
use leptos::prelude::*;

/// The list in the state of `query`, first as `page` and then as the stream changes it.
#[component]
pub(super) fn TaskTable(page: Page<TaskRow>, query: TaskQuery) -> impl IntoView {
    let live = use_live();
    let behind = live.picture(page.seq);
    let rows = Rows::new(page, query.limit);
    follow(live, rows, query.clone(), &behind);
    let is_empty = Memo::new(move |_| rows.cells.with(Vec::is_empty));
    let empty_query = query.clone();
    let query = StoredValue::new(query);
    let prev = Signal::derive(move || {
        let cursor = rows.prev.get()?;
        Some(
            query.with_value(|query| TaskQuery { before: Some(cursor), ..query.clone().first_page() }.href()),
        )
    });
    let next = Signal::derive(move || {
        let cursor = rows.next.get()?;
        Some(query.with_value(|query| TaskQuery { after: Some(cursor), ..query.clone().first_page() }.href()))
    });
    let summary = Signal::derive(move || match rows.total.get() {
        1 => "1 task".to_owned(),
        total => format!("{} tasks", exact(total)),
    });
    view! {
        <Show
            when=move || !is_empty.get()
            fallback=move || view! { <NoTasks query=empty_query.clone() unfiltered=rows.unfiltered /> }
        >
            <Selection rows>
                <FreshChip rows />
                <TableBox label="Tasks">
                    <table class="table task-table">
                        <TaskHead rows query />
                        <tbody>
                            <For
                                each=move || rows.cells.get()
                                key=|cell| cell.id.clone()
                                children=move |cell| view! { <TaskRowView cell rows /> }
                            />
                        </tbody>
                    </table>
                </TableBox>
            </Selection>
            <Pagination summary prev next />
        </Show>
    }
}

/// The head of the table. Pressing a column that sorts leads to the list sorted the other way.
#[component]
fn TaskHead(rows: Rows, query: StoredValue<TaskQuery>) -> impl IntoView {
    let sort = query.with_value(|query| query.sort);
    let href = |sort| query.with_value(|query| TaskQuery { sort, ..query.clone().first_page() }.href());
    let by_age = href(if sort == TaskSort::Newest { TaskSort::Oldest } else { TaskSort::Newest });
    let by_runtime = href(if sort == TaskSort::Slowest { TaskSort::Fastest } else { TaskSort::Slowest });
    let age_sorted = match sort {
        TaskSort::Newest => Sorted::Descending,
        TaskSort::Oldest => Sorted::Ascending,
        _ => Sorted::Not,
    };
    let runtime_sorted = match sort {
        TaskSort::Slowest => Sorted::Descending,
        TaskSort::Fastest => Sorted::Ascending,
        _ => Sorted::Not,
    };
    let all = move || {
        let shown = rows.cells.with(Vec::len);
        shown > 0 && rows.selected.with(|selected| selected.len() == shown)
    };
    view! {
        <thead>
            <tr>
                <th scope="col" class="col-select">
                    <label class="select-target"><input
                        type="checkbox"
                        aria-label="Select all on this page"
                        prop:checked=all
                        on:change=move |event| rows.select_all(event_target_checked(&event))
                    /></label>
                </th>
                <th scope="col" class="col-state">"State"</th>
                <th scope="col" class="col-name">"Name"</th>
                <th scope="col" class="col-id">"Id"</th>
                <th scope="col" class="col-call">"Call"</th>
                <th scope="col" class="col-queue">"Queue"</th>
                <th scope="col" class="col-worker">"Worker"</th>
                <SortHeader label="Created" class="col-time" href=by_age sorted=Signal::stored(age_sorted) />
                <SortHeader
                    label="Runtime"
                    class="col-runtime"
                    href=by_runtime
                    sorted=Signal::stored(runtime_sorted)
                />
            </tr>
        </thead>
    }
}
