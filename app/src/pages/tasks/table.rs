//! The table of tasks with what happens to it: live rows, new rows, the selection and its actions.

use super::acts::Acts;
use super::empty::NoTasks;
use super::row::TaskRowView;
use super::rows::Rows;
use crate::api::{CancelTasks, RetryTasks, list_tasks};
use crate::components::pagination::Pagination;
use crate::components::table::{SortHeader, Sorted, TableBox};
use crate::format::exact;
use crate::live::{Live, use_live};
use crate::query::TaskQuery;
use crate::view::{Page, TaskRow, TaskSort};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use std::time::Duration;

/// New rows make a fresh page worth fetching, but no more often than this.
const REFETCH_EVERY: Duration = Duration::from_secs(2);

/// How far one may have scrolled before new rows are held back, in pixels.
const SCROLLED: f64 = 120.0;

/// The list in the state of `query`, first as `page` and then as the stream changes it.
#[component]
pub(super) fn TaskTable(page: Page<TaskRow>, query: TaskQuery) -> impl IntoView {
    let live = use_live();
    let behind = live.picture(page.seq);
    let rows = Rows::new(page, query.limit);
    let follows = !query.is_filtered() && query.is_newest_page();
    for frame in behind.iter() {
        rows.fold(frame, follows);
    }
    follow(live, rows, query.clone(), follows);
    hold_while_selecting(live, rows);
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

/// Keeps the rows in step with the stream.
fn follow(live: Live, rows: Rows, query: TaskQuery, follows: bool) {
    let fetching = StoredValue::new(false);
    let fetch = move || {
        if fetching.get_value() {
            return;
        }
        fetching.set_value(true);
        let query = query.clone();
        spawn_local(async move {
            let fetched = list_tasks(query).await;
            // The reader may have gone to another page meanwhile.
            let _ = fetching.try_set_value(false);
            if let (Ok(page), false) = (fetched, rows.cells.is_disposed()) {
                let behind = live.picture(page.seq);
                rows.replace(page);
                behind.iter().for_each(|frame| rows.fold(frame, follows));
            }
        });
    };
    let fetch_again = fetch.clone();
    Effect::watch(move || live.refetch.get(), move |_, _, _| fetch_again(), false);
    let stale = StoredValue::new(false);
    let fold = move |frame: &crate::view::LiveFrame| {
        rows.fold(frame, follows);
        if follows && frame.more_tasks > 0 {
            stale.set_value(true);
        }
    };
    Effect::watch(move || live.frames.get(), move |frame, _, _| fold(frame), false);
    if !follows {
        return;
    }
    // New rows come in once a second, not with each frame: faster than that, nobody can read.
    let settle = move || {
        if !live.paused() && !is_scrolled() && rows.fresh.with_untracked(|fresh| !fresh.is_empty()) {
            rows.show_fresh();
            stale.set_value(true);
        }
    };
    Effect::watch(move || live.now.get(), move |_, _, _| settle(), false);
    // What came in pushed the page's ends along: the places before and after are fetched anew.
    Effect::new(move |_| {
        let fetch = fetch.clone();
        let refetch = move || {
            if stale.get_value() && !live.paused() && !is_scrolled() && !document().hidden() {
                stale.set_value(false);
                fetch();
            }
        };
        if let Ok(timer) = set_interval_with_handle(refetch, REFETCH_EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
}

fn is_scrolled() -> bool {
    window().scroll_y().is_ok_and(|down| down > SCROLLED)
}

/// A selection holds the updates; leaving the list lets them go.
fn hold_while_selecting(live: Live, rows: Rows) {
    let selecting = Memo::new(move |_| !rows.selected.read().is_empty());
    Effect::watch(move || selecting.get(), move |selecting, _, _| live.hold(*selecting), false);
    on_cleanup(move || live.hold(false));
}

/// "12 new": what has come in while the reader was further down.
#[component]
fn FreshChip(rows: Rows) -> impl IntoView {
    let count = Memo::new(move |_| rows.fresh.with(Vec::len));
    let show = move |_| {
        rows.show_fresh();
        window().scroll_to_with_x_and_y(0.0, 0.0);
    };
    view! {
        <div class="fresh" aria-live="polite">
            <Show when=move || { count.get() > 0 }>
                <button type="button" class="fresh-chip" on:click=show>
                    {move || count.get()}
                    " new"
                </button>
            </Show>
        </div>
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

/// The form around the table. Its bar shows as soon as a row is ticked, which CSS knows without any script.
#[component]
fn Selection(rows: Rows, children: Children) -> impl IntoView {
    let acts = Acts::new();
    let count = Memo::new(move |_| rows.selected.read().len());
    let object = move || match count.get() {
        0 => "selected".to_owned(),
        1 => "1 task".to_owned(),
        count => format!("{count} tasks"),
    };
    acts.when_done(move || rows.select_all(false));
    let cancel = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        acts.cancel.dispatch(CancelTasks { ids: rows.selected_ids() });
    };
    let retry = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        acts.retry.dispatch(RetryTasks { ids: rows.selected_ids() });
    };
    view! {
        <form class="selection" method="post" action=CancelTasks::PATH>
            {children()}
            <div class="selection-bar" role="group" aria-label="Selected tasks">
                <span class="selection-note">"Updates paused"</span>
                <button
                    type="submit"
                    class="button button-danger"
                    formaction=CancelTasks::PATH
                    aria-busy=move || acts.busy().then_some("true")
                    on:click=cancel
                >
                    "Cancel "
                    {object}
                </button>
                <button
                    type="submit"
                    class="button"
                    formaction=RetryTasks::PATH
                    aria-busy=move || acts.busy().then_some("true")
                    on:click=retry
                >
                    "Retry "
                    {object}
                </button>
                <button type="reset" class="button button-ghost" on:click=move |_| rows.select_all(false)>
                    "Clear selection"
                </button>
            </div>
        </form>
    }
}
