//! The two buttons of a task's page, as forms that work without wasm. Terminating asks once.

use super::acts::Acts;
use crate::api::{CancelTasks, RetryTasks};
use crate::components::dialog::Dialog;
use crate::view::TaskDetail;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Cancels a waiting task at once; asks before it terminates a running one.
#[component]
pub(super) fn CancelForm(detail: RwSignal<TaskDetail>, acts: Acts) -> impl IntoView {
    let asks = RwSignal::new(false);
    let can = Memo::new(move |_| detail.read().can_cancel);
    let running = Memo::new(move |_| detail.read().row.state.is_running());
    let id = move || detail.with_untracked(|detail| detail.row.id.clone());
    let name = move || detail.with_untracked(|detail| detail.row.name.clone());
    let cancel = move || {
        asks.set(false);
        acts.cancel.dispatch(CancelTasks { ids: vec![id()] });
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if running.get_untracked() { asks.set(true) } else { cancel() }
    };
    view! {
        <form method="post" action=CancelTasks::PATH on:submit=on_submit>
            <input type="hidden" name="ids[]" value=id() />
            <button
                type="submit"
                class="button button-danger"
                disabled=move || !can.get()
                aria-busy=move || acts.busy().then_some("true")
            >
                {move || if running.get() { "Terminate task" } else { "Cancel task" }}
            </button>
        </form>
        <Dialog open=asks title="Terminate this task?" class="dialog-ask">
            <p>
                <strong>{name}</strong>
                " is running. It is stopped where it stands, and what it has done so far stays done."
            </p>
            <div class="dialog-acts">
                <button type="button" class="button button-danger" on:click=move |_| cancel()>
                    "Terminate 1 task"
                </button>
                <button type="button" class="button" on:click=move |_| asks.set(false)>
                    "Keep it running"
                </button>
            </div>
        </Dialog>
    }
}

/// Sends the task again with the same arguments.
#[component]
pub(super) fn RetryForm(detail: RwSignal<TaskDetail>, acts: Acts) -> impl IntoView {
    let refusal = Memo::new(move |_| detail.read().retry_refusal.clone());
    let id = move || detail.with_untracked(|detail| detail.row.id.clone());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        acts.retry.dispatch(RetryTasks { ids: vec![id()] });
    };
    view! {
        <form method="post" action=RetryTasks::PATH on:submit=on_submit>
            <input type="hidden" name="ids[]" value=id() />
            <button
                type="submit"
                class="button"
                disabled=move || refusal.read().is_some()
                title=move || refusal.get()
                aria-busy=move || acts.busy().then_some("true")
            >
                "Retry task"
            </button>
        </form>
    }
}
