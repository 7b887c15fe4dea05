//! The list of tasks: filters, table and pages, all of it in the URL.

use super::acts::PostedRefusal;
use super::filters::TaskFilters;
use super::table::TaskTable;
use crate::api::{answer_with_status, get_session, list_tasks};
use crate::components::error_panel::ErrorPanel;
use crate::components::icon::{Icon, IconName};
use crate::query::TaskQuery;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// `/tasks`
#[component]
pub fn TasksPage() -> impl IntoView {
    let search = use_location().search;
    let query = Memo::new(move |_| search.with(|search| TaskQuery::parse(search)));
    let session = Resource::new_blocking(|| (), |()| get_session());
    // The query travels with its answer, so that a table is never built from the one and the other's successor.
    let page = Resource::new_blocking(
        move || query.get(),
        |query| async move { (query.clone(), list_tasks(query).await) },
    );
    view! {
        <Title text="Tasks" />
        <header class="page-head">
            <h1>"Tasks"</h1>
            <a class="button button-primary" href="/tasks/new">
                <Icon name=IconName::Plus />
                "Send a task"
            </a>
        </header>
        <PostedRefusal />
        <Transition>
            {move || Suspend::new(async move {
                // Without names the filters merely make no suggestions.
                let session = session.await.unwrap_or_default();
                view! { <TaskFilters query session=Signal::stored(session) /> }
            })}
        </Transition>
        <Transition fallback=|| view! { <div class="table-skeleton" aria-busy="true"></div> }>
            {move || Suspend::new(async move {
                match page.await {
                    (query, Ok(page)) => view! { <TaskTable page query /> }.into_any(),
                    (_, Err(error)) => {
                        answer_with_status(&error);
                        view! { <ErrorPanel error=Signal::stored(error) /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}
