//! Asking a worker to do something: small forms that work without wasm, and its own answer above them.

use crate::ApiError;
use crate::api::{ControlWorker, WorkerForm, form_error, form_told};
use crate::components::error_panel::ErrorPanel;
use crate::components::told::Told;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::wasm_bindgen::JsCast;
use std::time::Duration;
use web_sys::{FormData, HtmlFormElement};

/// What an act changes shows a moment after the worker has said yes.
const SETTLE: Duration = Duration::from_millis(700);

/// All forms of the page speak through one action.
type Control = ServerAction<ControlWorker>;

/// The section. `names` are the tasks the worker knows; `when_done` runs after each act that went through.
#[component]
pub(super) fn ControlPanel(
    name: String,
    #[prop(into)] names: Signal<Vec<String>>,
    #[prop(into)] queues: Signal<Vec<String>>,
    when_done: Callback<()>,
) -> impl IntoView {
    let control = Control::new();
    let worker = StoredValue::new(name);
    Effect::watch(
        move || control.value().get(),
        move |outcome, _, _| {
            if matches!(outcome, Some(Ok(_))) {
                set_timeout(
                    move || {
                        // The reader may have left the page meanwhile.
                        let _ = when_done.try_run(());
                    },
                    SETTLE,
                );
            }
        },
        false,
    );
    let options = |names: Vec<String>| {
        names.into_iter().map(|name| view! { <option value=name></option> }).collect_view()
    };
    view! {
        <section class="section" aria-labelledby="control">
            <div class="section-head">
                <h2 id="control">"Control"</h2>
                <span class="muted">"until the worker restarts"</span>
            </div>
            <Answer control />
            <div class="acts">
                <Act control worker legend="Pool">
                    <Input name="n" label="Slots" value="1" number=true />
                    <Press control act="pool_grow" word="Grow" />
                    <Press control act="pool_shrink" word="Shrink" />
                </Act>
                <Act control worker legend="Autoscaling">
                    <Input name="min" label="Least" number=true />
                    <Input name="max" label="Most" number=true />
                    <Press control act="autoscale" word="Set bounds" />
                </Act>
                <Act control worker legend="Queues">
                    <Input name="queue" label="Queue" list="worker-queues" />
                    <Press control act="add_consumer" word="Take from it" />
                    <Press control act="cancel_consumer" word="Stop taking" />
                </Act>
                <Act control worker legend="Rate limit">
                    <Input name="task_name" label="Task" list="worker-tasks" />
                    <Input name="rate_limit" label="Rate, such as 10/m; 0 is none" />
                    <Press control act="rate_limit" word="Set rate limit" />
                </Act>
                <Act control worker legend="Time limits">
                    <Input name="task_name" label="Task" list="worker-tasks" />
                    <Input name="soft" label="Soft, seconds" number=true />
                    <Input name="hard" label="Hard, seconds" number=true />
                    <Press control act="time_limit" word="Set time limits" />
                </Act>
                <Act control worker legend="Task events">
                    <Press control act="enable_events" word="Turn on" />
                    <Press control act="disable_events" word="Turn off" />
                </Act>
                <Act control worker legend="Is it there?">
                    <Press control act="ping" word="Ping" />
                </Act>
                <Shutdown control worker />
            </div>
            <datalist id="worker-tasks">{move || options(names.get())}</datalist>
            <datalist id="worker-queues">{move || options(queues.get())}</datalist>
        </section>
    }
}

/// The one act that cannot be taken back from here, behind a question.
#[component]
fn Shutdown(control: Control, worker: StoredValue<String>) -> impl IntoView {
    view! {
        <div>
            <p class="act-legend">"Shutting down"</p>
            <details class="ask">
                <summary class="button button-danger">"Shut down"</summary>
                <form class="ask-form" method="post" action=ControlWorker::PATH on:submit=move |event| submit(control, &event)>
                    <input type="hidden" name="name" value=worker.get_value() />
                    <p>
                        <strong>{worker.get_value()}</strong>
                        " takes nothing more, finishes what it has in hand, and ends. Who started it has to start it again."
                    </p>
                    <button type="submit" name="act" value="shutdown" class="button button-danger">
                        "Shut down " {worker.get_value()}
                    </button>
                </form>
            </details>
        </div>
    }
}

/// Sends a form with the button that was pressed. What cannot be read is left to the browser.
fn submit(control: Control, event: &SubmitEvent) {
    if let Some(form) = read(event) {
        event.prevent_default();
        control.dispatch(ControlWorker { form });
    }
}

/// The fields of the form, by hand: a deserialiser for them would weigh more than the rest of this page.
fn read(event: &SubmitEvent) -> Option<WorkerForm> {
    let element: HtmlFormElement = event.target()?.dyn_into().ok()?;
    let data = FormData::new_with_form(&element).ok()?;
    let text = |name| data.get(name).as_string().unwrap_or_default();
    Some(WorkerForm {
        name: text("name"),
        act: event.submitter()?.get_attribute("value")?,
        n: text("n"),
        min: text("min"),
        max: text("max"),
        queue: text("queue"),
        task_name: text("task_name"),
        rate_limit: text("rate_limit"),
        soft: text("soft"),
        hard: text("hard"),
    })
}

/// What the worker said last; without wasm it comes back in the address.
#[component]
fn Answer(control: Control) -> impl IntoView {
    let (told, refused) = (form_told(), form_error(ControlWorker::PATH));
    let outcome = Memo::new(move |_| -> Option<Result<String, ApiError>> {
        control.value().get().or_else(|| refused.get().map(Err)).or_else(|| told.get().map(Ok))
    });
    view! {
        <div class="answer" aria-live="polite" aria-busy=move || control.pending().get().then_some("true")>
            {move || match outcome.get() {
                Some(Ok(sentence)) => view! { <Told sentence /> }.into_any(),
                Some(Err(error)) => view! { <ErrorPanel error=Signal::stored(error) /> }.into_any(),
                None => ().into_any(),
            }}
        </div>
    }
}

/// One form: what it is about, its few fields, its buttons.
#[component]
fn Act(
    control: Control,
    worker: StoredValue<String>,
    legend: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <form class="act" method="post" action=ControlWorker::PATH on:submit=move |event| submit(control, &event)>
            <input type="hidden" name="name" value=worker.get_value() />
            <fieldset class="act-fields">
                <legend class="act-legend">{legend}</legend>
                {children()}
            </fieldset>
        </form>
    }
}

#[component]
fn Input(
    name: &'static str,
    label: &'static str,
    #[prop(optional)] value: &'static str,
    #[prop(optional)] number: bool,
    #[prop(optional)] list: Option<&'static str>,
) -> impl IntoView {
    view! {
        <label class="act-field" class:act-number=number>
            <span class="field-label">{label}</span>
            <input
                class="field-control"
                type="text"
                name=name
                value=value
                list=list
                inputmode=number.then_some("decimal")
                spellcheck="false"
                autocomplete="off"
            />
        </label>
    }
}

#[component]
fn Press(control: Control, act: &'static str, word: &'static str) -> impl IntoView {
    view! {
        <button
            type="submit"
            class="button"
            name="act"
            value=act
            aria-busy=move || control.pending().get().then_some("true")
        >
            {word}
        </button>
    }
}
