//! The list in step with the stream.
//!
//! A reader at the top of the newest page watches: new rows come in above, a few at once and a flood once a second,
//! because faster than that nobody can read. A reader further down reads: for them new rows wait behind a chip.

use super::rows::Rows;
use crate::api::list_tasks;
use crate::live::{Live, wall_clock};
use crate::query::TaskQuery;
use crate::view::{LiveFrame, Millis, TaskRow};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// New rows make a fresh page worth fetching, but no more often than this.
const REFETCH_EVERY: Duration = Duration::from_secs(2);

/// How far one may have scrolled before new rows are held back, in pixels.
const SCROLLED: f64 = 120.0;

/// More new rows at once than this wait for the next tick of the clock.
const A_FEW: usize = 5;

/// A few new rows come in no sooner than this after the ones before, in milliseconds.
const A_MOMENT: Millis = 300;

/// Keeps the rows in step: first with the frames the page is behind, then with each as it comes.
pub(super) fn follow(live: Live, rows: Rows, query: TaskQuery, behind: &[LiveFrame]) {
    let is_newest = query.is_newest_page();
    let query = StoredValue::new(query);
    let admits = move |row: &TaskRow| {
        is_newest && query.with_value(|query| query.admits(row, live.now.get_untracked()))
    };
    for frame in behind {
        rows.fold(frame, admits);
    }
    let fetching = StoredValue::new(false);
    let fetch = move || {
        if fetching.get_value() {
            return;
        }
        fetching.set_value(true);
        spawn_local(async move {
            let fetched = list_tasks(query.get_value()).await;
            // The reader may have gone to another page meanwhile.
            let _ = fetching.try_set_value(false);
            if let (Ok(page), false) = (fetched, rows.cells.is_disposed()) {
                let behind = live.picture(page.seq);
                rows.replace(page);
                for frame in &behind {
                    rows.fold(frame, admits);
                }
            }
        });
    };
    Effect::watch(move || live.refetch.get(), move |_, _, _| fetch(), false);
    hold_while_selecting(live, rows);
    if !is_newest {
        let fold = move |frame: &LiveFrame| rows.fold(frame, admits);
        Effect::watch(move || live.frames.get(), move |frame, _, _| fold(frame), false);
        return;
    }

    let stale = StoredValue::new(false);
    let let_in_at = StoredValue::new(0);
    let let_in = move || {
        let reads = live.paused() || is_scrolled();
        if rows.held_back.get_untracked() != reads {
            rows.held_back.set(reads);
        }
        if !reads && rows.fresh.with_untracked(|fresh| !fresh.is_empty()) {
            rows.show_fresh();
            let_in_at.set_value(wall_clock());
            stale.set_value(true);
        }
    };
    let fold = move |frame: &LiveFrame| {
        if rows.fold(frame, admits) || frame.more_tasks > 0 {
            stale.set_value(true);
        }
        let few = rows.fresh.with_untracked(Vec::len) <= A_FEW;
        if is_scrolled() || (few && wall_clock() - let_in_at.get_value() >= A_MOMENT) {
            let_in();
        }
    };
    Effect::watch(move || live.frames.get(), move |frame, _, _| fold(frame), false);
    Effect::watch(move || live.now.get(), move |_, _, _| let_in(), false);
    // What came in pushed the page's ends along: the places before and after are fetched anew.
    Effect::new(move |_| {
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
pub(super) fn FreshChip(rows: Rows) -> impl IntoView {
    let count = Memo::new(move |_| if rows.held_back.get() { rows.fresh.with(Vec::len) } else { 0 });
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
