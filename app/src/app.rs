//! The root of both halves: contexts, the frame every page sits in, and the route table.

use crate::components::layout::Layout;
use crate::components::raw_text::raw_text;
use crate::live::provide_live;
use crate::pages::NotFoundPage;
use crate::pages::lazy::{
    LazyEditSchedule, LazyNewSchedule, LazyNewTask, LazyOverview, LazyQueue, LazyQueues, LazySchedule,
    LazySchedules, LazyTask, LazyTasks, LazyWorker, LazyWorkers,
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{Lazy, SsrMode, path};

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
                    <Route path=path!("/") view={Lazy::<LazyOverview>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/tasks") view={Lazy::<LazyTasks>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/tasks/new") view={Lazy::<LazyNewTask>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/tasks/:id") view={Lazy::<LazyTask>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/workers") view={Lazy::<LazyWorkers>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/workers/:name") view={Lazy::<LazyWorker>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/queues") view={Lazy::<LazyQueues>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/queues/:name") view={Lazy::<LazyQueue>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/schedules") view={Lazy::<LazySchedules>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/schedules/new") view={Lazy::<LazyNewSchedule>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/schedules/:name/edit") view={Lazy::<LazyEditSchedule>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/schedules/:name") view={Lazy::<LazySchedule>::new()} ssr=SsrMode::Async />
                </FlatRoutes>
            </Layout>
        </Router>
    }
}

/// The text of `<title>`.
fn document_title(page: String) -> String {
    raw_text(if page.is_empty() { "Umbel".to_owned() } else { format!("{page} · Umbel") })
}
