//! The pages as the route table names them: the browser fetches a page's code when the page is opened.
//!
//! `frontend/bundle` cuts the browser's program at these functions: one part for each name after `in`, and one for
//! what the same few of them share. So the names are few: pages that are opened one after the other go together.
//! On the server these are plain calls, and the page that is answered asks for its parts itself.

use super::{
    EditSchedulePage, NewSchedulePage, NewTaskPage, OverviewPage, QueuePage, QueuesPage, SchedulePage,
    SchedulesPage, TaskPage, TasksPage, WorkerPage, WorkersPage,
};
use leptos::prelude::*;
use leptos_router::LazyRoute;
use leptos_router::hooks::use_url;
use leptos_router::location::Url;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

macro_rules! pages {
    ($($route:ident: $name:ident in $part:ident => $page:ident;)*) => {$(
        #[derive(Debug)]
        pub struct $route;

        impl LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> AnyView {
                #[cfg(feature = "ssr")]
                leptos::prefetch_lazy_fn_on_server(stringify!($part));
                let address = use_url().get_untracked();
                match $name::$name().await {
                    Ok(view) => view,
                    Err(_) => load_whole_page(&address).await,
                }
            }
        }

        mod $name {
            use super::*;

            #[wasm_split($part, fallible, preload(fetch))]
            pub(super) fn $name() -> Result<AnyView, SplitLoaderError> {
                Ok(view! { <$page /> }.into_any())
            }
        }
    )*};
}

pages! {
    LazyOverview: overview in overview => OverviewPage;
    LazyTasks: tasks in tasks => TasksPage;
    LazyTask: task in task => TaskPage;
    LazyNewTask: new_task in task => NewTaskPage;
    LazyWorkers: workers in machinery => WorkersPage;
    LazyWorker: worker in machinery => WorkerPage;
    LazyQueues: queues in machinery => QueuesPage;
    LazyQueue: queue in machinery => QueuePage;
    LazySchedules: schedules in schedules => SchedulesPage;
    LazySchedule: schedule in schedules => SchedulePage;
    LazyNewSchedule: new_schedule in schedules => NewSchedulePage;
    LazyEditSchedule: edit_schedule in schedules => EditSchedulePage;
}

/// Fetches the code of the page that stands at this path. Hydration needs it there from the start.
pub async fn fetch(path: &str) -> Result<(), SplitLoaderError> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    // Each page for itself: pages of one part have the same code, but each is ready only when it was asked for.
    match (segments.next(), segments.next(), segments.next()) {
        (None, ..) => overview::fetch().await,
        (Some("tasks"), None, _) => tasks::fetch().await,
        (Some("tasks"), Some("new"), None) => new_task::fetch().await,
        (Some("tasks"), Some(_), None) => task::fetch().await,
        (Some("workers"), None, _) => workers::fetch().await,
        (Some("workers"), Some(_), None) => worker::fetch().await,
        (Some("queues"), None, _) => queues::fetch().await,
        (Some("queues"), Some(_), None) => queue::fetch().await,
        (Some("schedules"), None, _) => schedules::fetch().await,
        (Some("schedules"), Some("new"), None) => new_schedule::fetch().await,
        (Some("schedules"), Some(_), None) => schedule::fetch().await,
        (Some("schedules"), Some(_), Some("edit")) => edit_schedule::fetch().await,
        // There is no page here, and what says so is part of every page.
        _ => Ok(()),
    }
}

/// The way out when a page's code does not come: the server was upgraded since this tab was opened and has other
/// parts now, or it is away. The browser loads the whole page, and shows its own error if it can not; until then the
/// page before it stays.
async fn load_whole_page(address: &Url) -> AnyView {
    let query = if address.search().is_empty() { String::new() } else { format!("?{}", address.search()) };
    let _ = window().location().set_href(&format!("{}{query}", address.path()));
    std::future::pending().await
}
