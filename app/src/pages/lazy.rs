//! The pages as the route table names them: the browser fetches a page's code when the page is opened.
//!
//! `frontend/bundle` cuts the browser's module at the functions marked `#[lazy]`, one part for each and one for
//! what any two of them share. So there are few: pages that are opened one after the other go together. On the
//! server they are plain calls.

use super::{
    EditSchedulePage, NewSchedulePage, NewTaskPage, OverviewPage, QueuePage, QueuesPage, SchedulePage,
    SchedulesPage, TaskPage, TasksPage, WorkerPage, WorkersPage,
};
use leptos::prelude::*;
use leptos_router::LazyRoute;

#[lazy]
fn overview() -> AnyView {
    view! { <OverviewPage /> }.into_any()
}

#[lazy]
fn tasks() -> AnyView {
    view! { <TasksPage /> }.into_any()
}

enum Task {
    Sent,
    New,
}

#[lazy]
fn task(page: Task) -> AnyView {
    match page {
        Task::Sent => view! { <TaskPage /> }.into_any(),
        Task::New => view! { <NewTaskPage /> }.into_any(),
    }
}

enum Machinery {
    Workers,
    Worker,
    Queues,
    Queue,
}

#[lazy]
fn machinery(page: Machinery) -> AnyView {
    match page {
        Machinery::Workers => view! { <WorkersPage /> }.into_any(),
        Machinery::Worker => view! { <WorkerPage /> }.into_any(),
        Machinery::Queues => view! { <QueuesPage /> }.into_any(),
        Machinery::Queue => view! { <QueuePage /> }.into_any(),
    }
}

enum Schedule {
    All,
    One,
    New,
    Edit,
}

#[lazy]
fn schedules(page: Schedule) -> AnyView {
    match page {
        Schedule::All => view! { <SchedulesPage /> }.into_any(),
        Schedule::One => view! { <SchedulePage /> }.into_any(),
        Schedule::New => view! { <NewSchedulePage /> }.into_any(),
        Schedule::Edit => view! { <EditSchedulePage /> }.into_any(),
    }
}

/// Gives each page a name for the route table.
macro_rules! routes {
    ($($route:ident => $view:expr;)*) => {$(
        #[derive(Debug)]
        pub struct $route;

        impl LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> AnyView {
                $view.await
            }
        }
    )*};
}

routes! {
    LazyOverview => overview();
    LazyTasks => tasks();
    LazyTask => task(Task::Sent);
    LazyNewTask => task(Task::New);
    LazyWorkers => machinery(Machinery::Workers);
    LazyWorker => machinery(Machinery::Worker);
    LazyQueues => machinery(Machinery::Queues);
    LazyQueue => machinery(Machinery::Queue);
    LazySchedules => schedules(Schedule::All);
    LazySchedule => schedules(Schedule::One);
    LazyNewSchedule => schedules(Schedule::New);
    LazyEditSchedule => schedules(Schedule::Edit);
}
