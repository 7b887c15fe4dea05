//! The pages as the route table names them: the browser fetches a page's code when the page is opened.
//!
//! `frontend/bundle` cuts the browser's program at these functions: one part for each name after `in`, and one for
//! what the same few of them share. So the names are few: pages that are opened one after the other go together.
//! On the server these are plain calls, and the page that is answered asks for its parts itself.

use super::{NewTaskPage, OverviewPage, QueuePage, QueuesPage, TaskPage, TasksPage, WorkerPage, WorkersPage};
use leptos::prelude::*;
use leptos_router::LazyRoute;
use leptos_router::hooks::use_location;
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
                let whole_page = load_whole_page();
                $name::$name().await.unwrap_or_else(|_| whole_page())
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
}

/// Fetches the code of the page that stands at this path. Hydration needs it there from the start.
pub async fn fetch(path: &str) -> Result<(), SplitLoaderError> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    match (segments.next(), segments.next()) {
        (None, _) => overview::fetch().await,
        (Some("tasks"), None) => tasks::fetch().await,
        (Some("tasks"), Some("new")) => new_task::fetch().await,
        (Some("tasks"), Some(_)) => task::fetch().await,
        (Some("workers"), None) => workers::fetch().await,
        (Some("workers"), Some(_)) => worker::fetch().await,
        (Some("queues"), None) => queues::fetch().await,
        (Some("queues"), Some(_)) => queue::fetch().await,
        // There is no page here, and what says so is part of every page.
        _ => Ok(()),
    }
}

/// The way out when a page's code does not come: the server was upgraded since this tab was opened and has other
/// parts now, or it is away. The browser then loads the whole page, and shows its own error if it can not.
fn load_whole_page() -> impl FnOnce() -> AnyView {
    let location = use_location();
    move || {
        let (path, query) = (location.pathname.get_untracked(), location.query.get_untracked());
        let _ = window().location().set_href(&format!("{path}{}", query.to_query_string()));
        ().into_any()
    }
}
