//! The form that sends any registered task. `?name=` chooses the task and fills its example in; every other field
//! can stand in the address as well, which is also how a refused form comes back without wasm.

use crate::api::{SendTask, TaskForm, WrongField, form_error, get_session, registered_tasks};
use crate::components::error_panel::ErrorPanel;
use crate::components::field::{Field, FieldKind};
use crate::query::encode;
use crate::view::RegisteredTask;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// `/tasks/new`
#[component]
pub fn NewTaskPage() -> impl IntoView {
    let registered = Resource::new_blocking(|| (), |()| registered_tasks());
    let session = Resource::new_blocking(|| (), |()| get_session());
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        query.with(|query| {
            let text = |name| query.get(name).unwrap_or_default();
            TaskForm {
                name: text("name"),
                args: text("args"),
                kwargs: text("kwargs"),
                queue: text("queue"),
                countdown: text("countdown"),
                priority: text("priority"),
            }
        })
    });
    view! {
        <Title text="Send a task" />
        <header class="page-head">
            <h1>"Send a task"</h1>
        </header>
        <Transition fallback=|| view! { <div class="table-skeleton" aria-busy="true"></div> }>
            {move || Suspend::new(async move {
                // Neither list is needed to send a task by hand, so their absence is no error of this page.
                let registered = registered.await.unwrap_or_default();
                let queues = session.await.map(|session| session.queues).unwrap_or_default();
                view! { <SendForm registered queues wanted /> }
            })}
        </Transition>
    }
}

/// The form's fields as signals.
#[derive(Clone, Copy)]
struct Fields {
    name: RwSignal<String>,
    args: RwSignal<String>,
    kwargs: RwSignal<String>,
    queue: RwSignal<String>,
    countdown: RwSignal<String>,
    priority: RwSignal<String>,
}

impl Fields {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            name: empty(),
            args: empty(),
            kwargs: empty(),
            queue: empty(),
            countdown: empty(),
            priority: empty(),
        }
    }

    /// Fills in a task's example.
    fn fill_in(self, task: &RegisteredTask) {
        self.args.set("[]".to_owned());
        self.kwargs.set(example_text(task));
    }

    fn take(self, form: &TaskForm) {
        self.name.set(form.name.clone());
        self.args.set(form.args.clone());
        self.kwargs.set(form.kwargs.clone());
        self.queue.set(form.queue.clone());
        self.countdown.set(form.countdown.clone());
        self.priority.set(form.priority.clone());
    }

    fn form(self) -> TaskForm {
        TaskForm {
            name: self.name.get_untracked(),
            args: self.args.get_untracked(),
            kwargs: self.kwargs.get_untracked(),
            queue: self.queue.get_untracked(),
            countdown: self.countdown.get_untracked(),
            priority: self.priority.get_untracked(),
        }
    }
}

#[component]
fn SendForm(registered: Vec<RegisteredTask>, queues: Vec<String>, wanted: Memo<TaskForm>) -> impl IntoView {
    let fields = Fields::new();
    let registered = StoredValue::new(registered);
    let find =
        move |name: &str| registered.with_value(|tasks| tasks.iter().find(|task| task.name == name).cloned());
    let start = move |wanted: &TaskForm| {
        fields.take(wanted);
        // A link that carries arguments means those, not the example.
        if let Some(task) = find(&wanted.name).filter(|_| wanted.args.is_empty() && wanted.kwargs.is_empty())
        {
            fields.fill_in(&task);
        }
    };
    wanted.with_untracked(start);
    Effect::watch(move || wanted.get(), move |wanted, _, _| start(wanted), false);
    // Choosing another known name brings its example, unless the reader has written arguments of their own.
    let untouched = move || {
        let (args, kwargs) = (fields.args.get_untracked(), fields.kwargs.get_untracked());
        let is_example = |task: &RegisteredTask| example_text(task) == kwargs;
        matches!(args.trim(), "" | "[]")
            && (kwargs.trim().is_empty() || registered.with_value(|tasks| tasks.iter().any(is_example)))
    };
    let on_name = move |name: String| {
        if let Some(task) = find(&name).filter(|_| untouched()) {
            fields.fill_in(&task);
        }
    };
    Effect::watch(move || fields.name.get(), move |name, _, _| on_name(name.clone()), false);

    let send = ServerAction::<SendTask>::new();
    let posted = form_error(SendTask::PATH);
    let wrong = RwSignal::new(None::<WrongField>);
    let refused = Memo::new(move |_| send.value().get().and_then(Result::err).or_else(|| posted.get()));
    let refused_field = move || refused.with(|error| WrongField::find(error.as_ref()?.message()));
    let error_of = move |field: &'static str| {
        Signal::derive(move || match wrong.get() {
            Some(wrong) => (wrong.field == field).then_some(wrong.sentence),
            None if refused_field() == Some(field) => refused.get().map(|error| error.message().to_owned()),
            None => None,
        })
    };
    let elsewhere = move || refused.get().filter(|_| wrong.read().is_none() && refused_field().is_none());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let form = fields.form();
        match form.read() {
            Ok(_) => {
                wrong.set(None);
                send.dispatch(SendTask { form });
            }
            Err(error) => wrong.set(Some(error)),
        }
    };
    let default_queue = move || {
        let queue = find(&fields.name.read()).map(|task| task.queue);
        queue.map(|queue| format!("Left empty, it goes to {queue}."))
    };
    let signature = move || find(&fields.name.read()).map(|task| signature(&task));
    view! {
        <div class="send-page">
            <form class="send-form" method="post" action=SendTask::PATH on:submit=on_submit novalidate>
                {move || elsewhere().map(|error| view! { <ErrorPanel error=Signal::stored(error) /> })}
                <Field name="name" label="Task" value=fields.name error=error_of("name") hint=Signal::derive(signature) list="registered" required=true />
                <Field name="args" label="Arguments" kind=FieldKind::Code value=fields.args error=error_of("args") hint="A JSON array." />
                <Field name="kwargs" label="Keyword arguments" kind=FieldKind::Code value=fields.kwargs error=error_of("kwargs") hint="A JSON object." />
                <Field name="queue" label="Queue" value=fields.queue error=error_of("queue") hint=Signal::derive(default_queue) list="queues" />
                <div class="field-pair">
                    <Field name="countdown" label="Countdown" kind=FieldKind::Number value=fields.countdown error=error_of("countdown") hint="Seconds from now." />
                    <Field name="priority" label="Priority" kind=FieldKind::Number value=fields.priority error=error_of("priority") hint="0 is the most urgent, 9 the least." />
                </div>
                <button type="submit" class="button button-primary" aria-busy=move || send.pending().get().then_some("true")>
                    "Send task"
                </button>
            </form>
            <Registered registered />
        </div>
        <datalist id="registered">
            {registered.with_value(|tasks| tasks.iter().map(|task| view! { <option value=task.name.clone()></option> }).collect_view())}
        </datalist>
        <datalist id="queues">{queues.into_iter().map(|queue| view! { <option value=queue></option> }).collect_view()}</datalist>
    }
}

fn example_text(task: &RegisteredTask) -> String {
    // A JSON value always has a text.
    serde_json::to_string_pretty(&task.example).unwrap_or_default()
}

/// "(x, y) Adds two numbers."
fn signature(task: &RegisteredTask) -> String {
    let call = format!("({})", task.parameters.join(", "));
    match &task.summary {
        Some(summary) => format!("{call} {summary}"),
        None => call,
    }
}

/// The registered tasks as links; each fills the form in.
#[component]
fn Registered(registered: StoredValue<Vec<RegisteredTask>>) -> impl IntoView {
    let item = |task: &RegisteredTask| {
        view! {
            <li>
                <a href=format!("/tasks/new?name={}", encode(&task.name))>{task.name.clone()}</a>
                <span class="muted">{task.summary.clone()}</span>
            </li>
        }
    };
    let count = registered.with_value(Vec::len);
    view! {
        <section class="registered">
            <h2>"Registered tasks"</h2>
            {(count == 0).then(|| view! { <p class="muted">"No worker has registered a task yet."</p> })}
            <ul class="registered-list">{registered.with_value(|tasks| tasks.iter().map(item).collect_view())}</ul>
        </section>
    }
}
