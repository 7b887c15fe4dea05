//! The root of both halves: contexts, the frame every page sits in, and the route table.

use crate::components::layout::Layout;
use crate::components::raw_text::raw_text;
use crate::live::provide_live;
use crate::pages::{
    EditSchedulePage, NewSchedulePage, NewTaskPage, NotFoundPage, OverviewPage, QueuePage, QueuesPage,
    SchedulePage, SchedulesPage, TaskPage, TasksPage, WorkerPage, WorkersPage,
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

/// Every page is rendered whole before it is sent ([`SsrMode::Async`]): its status is true, nothing moves
/// after the first paint, and it reads without any script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_live();
    view! {
        <Title formatter=document_title />
        <Router>
            <Layout>
                <FlatRoutes fallback=NotFoundPage>
                    <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async />
                    <Route path=path!("/tasks") view=TasksPage ssr=SsrMode::Async />
                    <Route path=path!("/tasks/new") view=NewTaskPage ssr=SsrMode::Async />
                    <Route path=path!("/tasks/:id") view=TaskPage ssr=SsrMode::Async />
                    <Route path=path!("/workers") view=WorkersPage ssr=SsrMode::Async />
                    <Route path=path!("/workers/:name") view=WorkerPage ssr=SsrMode::Async />
                    <Route path=path!("/queues") view=QueuesPage ssr=SsrMode::Async />
                    <Route path=path!("/queues/:name") view=QueuePage ssr=SsrMode::Async />
                    <Route path=path!("/schedules") view=SchedulesPage ssr=SsrMode::Async />
                    <Route path=path!("/schedules/new") view=NewSchedulePage ssr=SsrMode::Async />
                    <Route path=path!("/schedules/:name/edit") view=EditSchedulePage ssr=SsrMode::Async />
                    <Route path=path!("/schedules/:name") view=SchedulePage ssr=SsrMode::Async />
                </FlatRoutes>
            </Layout>
        </Router>
    }
}

/// The text of `<title>`.
fn document_title(page: String) -> String {
    raw_text(if page.is_empty() { "Umbel".to_owned() } else { format!("{page} · Umbel") })
}
