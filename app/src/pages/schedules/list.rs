//! Schedules: what runs next, what ran last, and how it went. In a second view, how much the week ahead brings.

use super::acts::PostedRefusal;
use super::calendar::Week;
use super::filters::Filters;
use super::table::Table;
use crate::api::{answer_with_status, form_told, list_schedules};
use crate::components::error_panel::ErrorPanel;
use crate::components::icon::{Icon, IconName};
use crate::components::told::Told;
use crate::query::parse_schedules;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_query_map};

/// `/schedules`, and `/schedules?view=calendar`
#[component]
pub fn SchedulesPage() -> impl IntoView {
    let query = use_query_map();
    let is_week = Memo::new(move |_| query.with(|query| query.get_str("view") == Some("calendar")));
    let told = form_told();
    let link = move |href: &'static str, word: &'static str, week: bool| {
        let current = move || (is_week.get() == week).then_some("true");
        view! { <li><a class="switch-item" href=href aria-current=current>{word}</a></li> }
    };
    view! {
        <Title text="Schedules" />
        <header class="page-head">
            <h1>"Schedules"</h1>
            <ul class="switch" aria-label="View">
                {link("/schedules", "List", false)} {link("/schedules?view=calendar", "Week", true)}
            </ul>
            <a class="button button-primary" href="/schedules/new">
                <Icon name=IconName::Plus />
                "Add a schedule"
            </a>
        </header>
        {move || told.get().map(|sentence| view! { <Told sentence /> })}
        <PostedRefusal />
        {move || match is_week.get() {
            true => view! { <Week /> }.into_any(),
            false => view! { <List /> }.into_any(),
        }}
    }
}

#[component]
fn List() -> impl IntoView {
    let search = use_location().search;
    let filter = Memo::new(move |_| search.with(|search| parse_schedules(search)));
    // The filter travels with its answer, so that a table is never built from the one and the other's successor.
    let page = Resource::new_blocking(
        move || filter.get(),
        |filter| async move { (filter.clone(), list_schedules(filter).await) },
    );
    view! {
        <Filters filter />
        <Transition fallback=|| view! { <div class="table-skeleton" aria-busy="true"></div> }>
            {move || Suspend::new(async move {
                match page.await {
                    (filter, Ok(page)) => view! { <Table page filter /> }.into_any(),
                    (_, Err(error)) => {
                        answer_with_status(&error);
                        view! { <ErrorPanel error=Signal::stored(error) /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}
