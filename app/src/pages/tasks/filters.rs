//! The filters of the list of tasks.

use crate::components::badge::StateBadge;
use crate::components::filter_bar::{FilterBar, FilterText};
use crate::query::{TaskQuery, When, sort_word};
use crate::view::{Session, TaskSort, TaskState};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The spans one can choose; anything else a link may carry is offered as it is.
const SPANS: [(&str, &str); 5] = [
    ("", "Any time"),
    ("15m", "Last 15 minutes"),
    ("1h", "Last hour"),
    ("24h", "Last 24 hours"),
    ("7d", "Last 7 days"),
];

/// The bar above the list. What it shows comes from the URL, and what it changes goes there.
#[component]
pub(super) fn TaskFilters(query: Memo<TaskQuery>, #[prop(into)] session: Signal<Session>) -> impl IntoView {
    let navigate = use_navigate();
    let on_search = Callback::new(move |search: String| {
        let wanted = TaskQuery::parse(&search);
        if wanted != query.get_untracked().first_page() {
            navigate(&wanted.href(), NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    });
    let known = move |of: fn(&Session) -> &Vec<String>| {
        Signal::derive(move || session.with(|session| of(session).clone()))
    };
    let text = move |of: fn(&TaskQuery) -> &Option<String>| {
        Signal::derive(move || query.with(|query| of(query).clone()))
    };
    view! {
        <FilterBar action="/tasks" label="Filter the tasks" on_search>
            <fieldset class="filter-states">
                <legend class="visually-hidden">"State"</legend>
                {TaskState::ALL.map(|state| view! { <StateChip state query /> }).collect_view()}
            </fieldset>
            // Folded away on a phone only; a wide page shows what is inside either way.
            <details class="filter-more" open=query.with_untracked(narrows_by_field)>
                <summary class="filter-summary">"Filters"</summary>
                <div class="filter-fields">
                <FilterText name="name" label="Name" value=text(|query| &query.name) known=known(|session| &session.task_names) is_search=true />
                <FilterText name="queue" label="Queue" value=text(|query| &query.queue) known=known(|session| &session.queues) />
                <FilterText name="worker" label="Worker" value=text(|query| &query.worker) known=known(|session| &session.workers) />
                <SinceField query />
                <Kept query />
                <button type="submit" class="button">"Filter"</button>
                <Show when=move || query.with(TaskQuery::is_filtered)>
                    <a class="button button-ghost" href=move || query.with(cleared)>"Clear"</a>
                </Show>
                </div>
            </details>
        </FilterBar>
    }
}

/// Whether one of the fields beside the states is set.
fn narrows_by_field(query: &TaskQuery) -> bool {
    TaskQuery { states: Vec::new(), ..query.clone() }.is_filtered()
}

/// The address of the list in the same order, without any filter.
pub(super) fn cleared(query: &TaskQuery) -> String {
    TaskQuery { sort: query.sort, limit: query.limit, ..TaskQuery::default() }.href()
}

#[component]
fn StateChip(state: TaskState, query: Memo<TaskQuery>) -> impl IntoView {
    let chosen = Memo::new(move |_| query.with(|query| query.states.contains(&state)));
    view! {
        <label class="filter-chip">
            <input
                type="checkbox"
                name="state"
                value=state.as_str()
                checked=chosen.get_untracked()
                prop:checked=chosen
            />
            <StateBadge state=Signal::stored(state) />
        </label>
    }
}

#[component]
fn SinceField(query: Memo<TaskQuery>) -> impl IntoView {
    let chosen =
        Memo::new(move |_| query.with(|query| query.since.map(|when| when.to_string()).unwrap_or_default()));
    let option = move |value: String, word: String| {
        let own = value.clone();
        view! { <option value=value selected=move || chosen.read() == own>{word}</option> }
    };
    let other = move || {
        let value = chosen.get();
        let listed = SPANS.iter().any(|(span, _)| *span == value);
        (!listed).then(|| option(value.clone(), format!("Since {}", value.replace('T', " "))))
    };
    view! {
        <label class="filter-field">
            <span class="filter-label">"Created"</span>
            <select class="field-control" name="since" prop:value=chosen>
                {SPANS.map(|(value, word)| option(value.to_owned(), word.to_owned())).collect_view()}
                {other}
            </select>
        </label>
    }
}

/// What the URL says beyond the visible fields is carried along, so that filtering does not lose it.
#[component]
fn Kept(query: Memo<TaskQuery>) -> impl IntoView {
    let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value /> };
    view! {
        {move || query.read().until.map(|until| hidden("until", until.to_string()))}
        {move || {
            let sort = query.read().sort;
            (sort != TaskSort::default()).then(|| hidden("sort", sort_word(sort).to_owned()))
        }}
        {move || {
            let limit = query.read().limit;
            (limit != 0).then(|| hidden("limit", limit.to_string()))
        }}
    }
}

/// The active filters in words, for the picture of "nothing matches".
pub(super) fn in_words(query: &TaskQuery) -> Vec<String> {
    let mut words = Vec::new();
    if !query.states.is_empty() {
        let states: Vec<_> = query.states.iter().map(|state| state.as_str()).collect();
        words.push(format!("state {}", states.join(" or ")));
    }
    for (what, value) in [("name", &query.name), ("queue", &query.queue), ("worker", &query.worker)] {
        if let Some(value) = value {
            words.push(format!("{what} “{value}”"));
        }
    }
    let when = |when: When| match when {
        When::Ago(..) => format!("{when} ago"),
        When::At(at) => crate::format::absolute(at, 0),
    };
    if let Some(since) = query.since {
        words.push(format!("created after {}", when(since)));
    }
    if let Some(until) = query.until {
        words.push(format!("created before {}", when(until)));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn active_filters_are_named() {
        let query = TaskQuery::parse("state=FAILURE,RETRY&name=pay&since=24h");
        assert_eq!(in_words(&query), ["state FAILURE or RETRY", "name “pay”", "created after 24h ago"]);
    }

    #[test]
    fn clearing_keeps_the_order() {
        assert_eq!(cleared(&TaskQuery::parse("name=pay&sort=slowest&after=x")), "/tasks?sort=slowest");
    }
}
