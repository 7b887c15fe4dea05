//! Queues: what waits where, for how long, and who takes from it.

use super::row::Row;
use crate::api::{answer_with_status, list_queues};
use crate::components::empty::Empty;
use crate::components::error_panel::ErrorPanel;
use crate::live::use_live;
use crate::pages::live_rows::LiveRows;
use crate::view::QueueRow;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn QueuesPage() -> impl IntoView {
    let live = use_live();
    let queues = Resource::new(move || live.refetch.get(), |_| list_queues());
    view! {
        <Title text="Queues" />
        <h1 class="page-title">"Queues"</h1>
        <Transition>
            {move || Suspend::new(async move {
                match queues.await {
                    Ok(queues) => view! { <Queues queues /> }.into_any(),
                    Err(error) => {
                        answer_with_status(&error);
                        view! { <ErrorPanel error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Queues(queues: Vec<QueueRow>) -> impl IntoView {
    let rows = LiveRows::new(queues);
    rows.follow(|frame| &frame.queues);
    view! {
        <Show when=move || rows.rows.with(|rows| !rows.is_empty()) fallback=NoQueues>
            <div class="list-box" tabindex="0" role="region" aria-label="Queues">
                <table class="list list-cards queues">
                    <thead>
                        <tr>
                            <th scope="col">"Queue"</th>
                            <th scope="col" class="num">"Ready"</th>
                            <th scope="col" class="num">"Held"</th>
                            <th scope="col" class="num">"In hand"</th>
                            <th scope="col" class="num">"Oldest waits"</th>
                            <th scope="col">"Workers"</th>
                            <th scope="col" class="num">"Finished"</th>
                            <th scope="col">"Depth, 10 minutes"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || rows.rows.get() key=|row| row.key.clone() let:row>
                            <Row row />
                        </For>
                    </tbody>
                </table>
            </div>
        </Show>
    }
}

#[component]
fn NoQueues() -> impl IntoView {
    view! {
        <Empty title="No queue yet">
            <p>"A queue appears when a worker takes from it or a task is sent to it."</p>
            <p><a class="button" href="/tasks/new">"Send a task"</a></p>
        </Empty>
    }
}
