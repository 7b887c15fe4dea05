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
    )*

    /// Fetches the code of the page that stands at this path. Hydration needs it there from the start, and asks each
    /// function of its own whether it is there: so all functions of the part are told.
    pub async fn fetch(path: &str) -> Result<(), SplitLoaderError> {
        let part = part_of(path);
        $(if part == stringify!($part) {
            $name::fetch().await?;
        })*
        Ok(())
    }};
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

/// The part that holds the page at this path. Where there is no page there is none: what says so is in every page.
fn part_of(path: &str) -> &'static str {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    match (segments.next(), segments.next()) {
        (None, _) => "overview",
        (Some("tasks"), None) => "tasks",
        (Some("tasks"), Some(_)) => "task",
        (Some("workers" | "queues"), _) => "machinery",
        (Some("schedules"), _) => "schedules",
        (Some(_), _) => "",
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

#[cfg(test)]
mod tests {
    use super::part_of;

    #[test]
    fn each_path_has_the_part_of_its_page() {
        for (path, part) in [
            ("/", "overview"),
            ("/tasks", "tasks"),
            ("/tasks/", "tasks"),
            ("/tasks/new", "task"),
            ("/tasks/1f0c", "task"),
            ("/workers/a@b", "machinery"),
            ("/queues", "machinery"),
            ("/schedules/nightly/edit", "schedules"),
            ("/nowhere", ""),
        ] {
            assert_eq!(part_of(path), part, "{path}");
        }
    }
}
