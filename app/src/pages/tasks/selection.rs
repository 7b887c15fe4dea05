//! The form around the table, and what can be done to the rows that are ticked.

use super::acts::Acts;
use super::rows::Rows;
use crate::api::{CancelTasks, RetryTasks};
use crate::components::dialog::Dialog;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The form around the table. Its bar shows as soon as a row is ticked, which CSS knows without any script.
#[component]
pub(super) fn Selection(rows: Rows, children: Children) -> impl IntoView {
    let acts = Acts::new();
    let asks = RwSignal::new(false);
    let count = Memo::new(move |_| rows.selected.read().len());
    let object = move || match count.get() {
        0 => "selected".to_owned(),
        count => tasks(count, ""),
    };
    acts.when_done(move || rows.select_all(false));
    let cancel = move || {
        asks.set(false);
        acts.cancel.dispatch(CancelTasks { ids: rows.selected_ids() });
    };
    let on_cancel = move |event: MouseEvent| {
        event.prevent_default();
        if rows.selected_running() > 0 { asks.set(true) } else { cancel() }
    };
    let on_retry = move |event: MouseEvent| {
        event.prevent_default();
        acts.retry.dispatch(RetryTasks { ids: rows.selected_ids() });
    };
    view! {
        <form class="selection" method="post" action=CancelTasks::PATH>
            {children()}
            <div class="selection-bar" role="group" aria-label="Selected tasks">
                <span class="selection-note">"Updates paused"</span>
                <button
                    type="submit"
                    class="button button-danger"
                    formaction=CancelTasks::PATH
                    aria-busy=move || acts.busy().then_some("true")
                    on:click=on_cancel
                >
                    "Cancel "
                    {object}
                </button>
                <button
                    type="submit"
                    class="button"
                    formaction=RetryTasks::PATH
                    aria-busy=move || acts.busy().then_some("true")
                    on:click=on_retry
                >
                    "Retry "
                    {object}
                </button>
                <button type="reset" class="button button-ghost" on:click=move |_| rows.select_all(false)>
                    "Clear selection"
                </button>
            </div>
        </form>
        <TerminateQuestion rows asks on_yes=cancel />
    }
}

/// Asks once before running tasks are stopped; waiting ones are cancelled without a question.
#[component]
fn TerminateQuestion(
    rows: Rows,
    asks: RwSignal<bool>,
    on_yes: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    // Counted when the question opens: a selection stands still, but its rows may finish meanwhile.
    let running = Memo::new(move |_| if asks.get() { rows.selected_running() } else { 0 });
    let others = Memo::new(move |_| if asks.get() { rows.selected.read().len() - running.get() } else { 0 });
    let what = move || {
        let what = "What runs is stopped where it stands, and what it has done so far stays done.";
        match others.get() {
            0 => what.to_owned(),
            others => format!("{what} {} not running: what still waits is cancelled as well.", are(others)),
        }
    };
    view! {
        <Dialog open=asks title="Terminate running tasks?" class="dialog-ask">
            <p>{what}</p>
            <div class="dialog-acts">
                <button type="button" class="button button-danger" on:click=move |_| on_yes()>
                    "Terminate "
                    {move || tasks(running.get(), "running ")}
                </button>
                <button type="button" class="button" on:click=move |_| asks.set(false)>
                    "Keep them running"
                </button>
            </div>
        </Dialog>
    }
}

/// "3 running tasks"
fn tasks(count: usize, which: &str) -> String {
    match count {
        1 => format!("1 {which}task"),
        count => format!("{count} {which}tasks"),
    }
}

fn are(others: usize) -> String {
    match others {
        1 => "1 other task is".to_owned(),
        others => format!("{others} other tasks are"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_many_are_named_apart() {
        assert_eq!(tasks(1, "running "), "1 running task");
        assert_eq!(tasks(3, "running "), "3 running tasks");
        assert_eq!(tasks(2, ""), "2 tasks");
    }
}
