//! The filters of the list of schedules, and its order.

use crate::components::filter_bar::{FilterBar, FilterText};
use crate::query::{ORDERS, STANDINGS, parse_schedules, schedules_href};
use crate::view::{ScheduleFilter, ScheduleSort};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The bar above the list. What it shows comes from the URL, and what it changes goes there.
#[component]
pub(super) fn Filters(filter: Memo<ScheduleFilter>) -> impl IntoView {
    let navigate = use_navigate();
    let on_search = Callback::new(move |search: String| {
        let wanted = parse_schedules(&search);
        if wanted != (ScheduleFilter { offset: 0, ..filter.get_untracked() }) {
            navigate(
                &schedules_href(&wanted),
                NavigateOptions { scroll: false, ..NavigateOptions::default() },
            );
        }
    });
    let search = Signal::derive(move || Some(filter.with(|filter| filter.search.clone())));
    let standing = Signal::derive(move || {
        let chosen = filter.with(|filter| filter.standing);
        STANDINGS.iter().find(|known| Some(known.0) == chosen).map_or("", |known| known.1)
    });
    let sort = Signal::derive(move || {
        let chosen = filter.with(|filter| filter.sort);
        // The usual order needs no word in the address.
        ORDERS
            .iter()
            .find(|known| known.0 == chosen && chosen != ScheduleSort::default())
            .map_or("", |known| known.1)
    });
    let standings = [("", "All")].into_iter().chain(STANDINGS.map(|known| (known.1, known.2)));
    let usual = |sort, word| if sort == ScheduleSort::default() { "" } else { word };
    let orders = ORDERS.map(|known| (usual(known.0, known.1), known.2));
    view! {
        <FilterBar action="/schedules" label="Filter the schedules" on_search>
            <div class="filter-fields">
                <FilterText name="search" label="Name or task" value=search known=Signal::stored(Vec::new()) is_search=true />
                {choice("standing", "Standing", standings.collect(), standing)}
                {choice("sort", "Order", orders.to_vec(), sort)}
                <button type="submit" class="button">"Filter"</button>
                <Show when=move || filter.with(is_filtered)>
                    <a class="button button-ghost" href=move || filter.with(cleared)>"Clear"</a>
                </Show>
            </div>
        </FilterBar>
    }
}

fn choice(
    name: &'static str,
    label: &'static str,
    options: Vec<(&'static str, &'static str)>,
    chosen: Signal<&'static str>,
) -> impl IntoView {
    let option = move |(value, word): (&'static str, &'static str)| {
        view! { <option value=value selected=move || chosen.get() == value>{word}</option> }
    };
    view! {
        <label class="filter-field">
            <span class="filter-label">{label}</span>
            <select class="field-control" name=name prop:value=chosen>
                {options.into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}

/// Whether anything narrows the list.
pub(super) fn is_filtered(filter: &ScheduleFilter) -> bool {
    !filter.search.is_empty() || filter.standing.is_some()
}

/// The address of the list in the same order, without any filter.
pub(super) fn cleared(filter: &ScheduleFilter) -> String {
    schedules_href(&ScheduleFilter { sort: filter.sort, ..ScheduleFilter::default() })
}
