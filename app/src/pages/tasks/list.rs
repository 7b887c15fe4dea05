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
    let page = Resource::new_blocking(move || query.get(), list_tasks);
    // Without names the filters merely make no suggestions.
    let known = Signal::derive(move || session.get().and_then(Result::ok).unwrap_or_default());
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
                // The suggestions are in the server's HTML only when the session is there first.
                let _ = session.await;
                view! { <TaskFilters query session=known /> }
            })}
        </Transition>
        <Transition fallback=|| view! { <div class="table-skeleton" aria-busy="true"></div> }>
            {move || {
                let shown = query.get();
                Suspend::new(async move {
                    match page.await {
                        Ok(page) => view! { <TaskTable page query=shown /> }.into_any(),
                        Err(error) => {
                            answer_with_status(&error);
                            view! { <ErrorPanel error=Signal::stored(error) /> }.into_any()
                        }
                    }
                })
            }}
        </Transition>
    }
}
