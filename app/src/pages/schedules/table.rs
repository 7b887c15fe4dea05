//! The table of schedules, kept true, and the places before and after its page.

use super::acts::Acts;
use super::empty::nothing;
use super::follow::follow;
use super::marks::Legend;
use super::row::row;
use super::scheduler::scheduler;
use crate::api::list_schedules;
use crate::components::pagination::Pagination;
use crate::components::table::{SortHeader, Sorted};
use crate::components::zone::use_zone;
use crate::format::exact;
use crate::live::use_live;
use crate::pages::live_rows::{LiveRow, LiveRows};
use crate::query::schedules_href;
use crate::view::{ScheduleFilter, SchedulePage, ScheduleRow, ScheduleSort};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Rows on a page; what the server sends.
const ROWS: u64 = 50;

/// The list in the state of `filter`.
#[component]
pub(super) fn Table(page: SchedulePage, filter: ScheduleFilter) -> impl IntoView {
    let zone = use_zone();
    let rows = LiveRows::new(page.rows.clone());
    let page = RwSignal::new(page);
    let filter = StoredValue::new(filter);
    let list = List { rows, page, withheld: StoredValue::new(None) };
    let fetch = move || list.fetch(filter.get_value());
    list.let_go();
    follow(
        move |test| rows.rows.with_untracked(|rows| rows.iter().any(|row| row.row.with_untracked(test))),
        fetch,
    );
    let acts = Acts::new(fetch);
    let is_empty = Memo::new(move |_| rows.rows.with(Vec::is_empty));
    let standing = Memo::new(move |_| page.with(|page| page.scheduler.clone()));
    let to = move |offset: u64| schedules_href(&ScheduleFilter { offset, ..filter.get_value() });
    let offset = filter.with_value(|filter| filter.offset);
    let shown = move || rows.rows.with(Vec::len) as u64;
    let total = move || page.with(|page| page.total);
    let prev = Signal::derive(move || (offset > 0).then(|| to(offset.saturating_sub(ROWS))));
    let next = Signal::derive(move || (offset + shown() < total()).then(|| to(offset + ROWS)));
    let summary = Signal::derive(move || match total() {
        1 => "1 schedule".to_owned(),
        total => format!("{} schedules", exact(total)),
    });
    let line = move |live: LiveRow<ScheduleRow>| move || live.row.with(|shown| row(shown, zone, acts));
    view! {
        {move || standing.with(scheduler)}
        <Show
            when=move || !is_empty.get()
            fallback=move || filter.with_value(|filter| nothing(filter, page.with(|page| page.unfiltered)))
        >
            <div class="list-box" tabindex="0" role="region" aria-label="Schedules">
                <table class="list list-cards schedules">
                    <Head filter=filter.get_value() />
                    <tbody>
                        <For
                            each=move || rows.rows.get()
                            key=|row| row.key.clone()
                            children=line
                        />
                    </tbody>
                </table>
            </div>
            <Legend />
            <Pagination summary prev next />
        </Show>
    }
}

/// What is shown, and what will be when the hand is gone.
#[derive(Clone, Copy)]
struct List {
    rows: LiveRows<ScheduleRow>,
    page: RwSignal<SchedulePage>,
    withheld: StoredValue<Option<Vec<ScheduleRow>>>,
}

impl List {
    /// Asks for the same page again. Under the hand its rows stay where they are.
    fn fetch(self, filter: ScheduleFilter) {
        spawn_local(async move {
            // A failure leaves what is known; the reader may also have left the page meanwhile.
            let Ok(newest) = list_schedules(filter).await else { return };
            let (rows, held) = (newest.rows.clone(), is_held());
            if self.page.try_set(newest).is_none() {
                self.rows.take(rows.clone(), held);
                self.withheld.set_value(held.then_some(rows));
            }
        });
    }

    /// Puts the rows in order once nobody points at them any more.
    fn let_go(self) {
        let now = use_live().now;
        let sort = move || {
            if self.withheld.with_value(Option::is_some) && !is_held() {
                self.rows
                    .take(self.withheld.try_update_value(Option::take).flatten().unwrap_or_default(), false);
            }
        };
        Effect::watch(move || now.get(), move |_, _, _| sort(), false);
    }
}

/// Whether somebody points into the table or works in it by keys.
fn is_held() -> bool {
    document()
        .query_selector(".schedules tbody:is(:hover, :has(:focus-visible))")
        .is_ok_and(|found| found.is_some())
}

#[component]
fn Head(filter: ScheduleFilter) -> impl IntoView {
    let href = |sort| schedules_href(&ScheduleFilter { sort, offset: 0, ..filter.clone() });
    let sorted = |sort, way| Signal::stored(if filter.sort == sort { way } else { Sorted::Not });
    view! {
        <thead>
            <tr>
                <SortHeader label="Schedule" href=href(ScheduleSort::Name) sorted=sorted(ScheduleSort::Name, Sorted::Ascending) />
                <th scope="col">"When"</th>
                <SortHeader label="Next run" href=href(ScheduleSort::Next) sorted=sorted(ScheduleSort::Next, Sorted::Ascending) />
                <SortHeader label="Last run" href=href(ScheduleSort::Last) sorted=sorted(ScheduleSort::Last, Sorted::Descending) />
                <th scope="col">"History"</th>
                <th scope="col"><span class="visually-hidden">"Run and switch"</span></th>
            </tr>
        </thead>
    }
}
