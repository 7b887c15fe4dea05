//! The picture of a fresh installation: what this is, and one command that makes it move.

use crate::api::registered_tasks;
use crate::components::button::CopyButton;
use crate::components::empty::Empty;
use crate::view::RegisteredTask;
use leptos::prelude::*;
use serde_json::{Value, json};

/// Where the dashboard listens unless told otherwise; the browser knows better once the page is alive.
const USUAL_HOST: &str = "localhost:5555";

#[component]
pub fn FirstRun() -> impl IntoView {
    let host = RwSignal::new(USUAL_HOST.to_owned());
    Effect::new(move |_| {
        if let Ok(here) = window().location().host() {
            host.set(here);
        }
    });
    let tasks = Resource::new(|| (), |()| registered_tasks());
    view! {
        <Empty title="No task has run yet">
            <p>
                "Umbel runs Celery tasks and shows what becomes of them: what runs, what waits, what failed and why. \
                Send one and watch it here."
            </p>
            <Transition>
                {move || Suspend::new(async move {
                    // Without the list of tasks the example still shows how a task is sent.
                    let first = tasks.await.ok().and_then(|tasks| tasks.into_iter().next());
                    let body = example(first.as_ref());
                    let line = Signal::derive(move || command(&host.get(), &body));
                    view! {
                        <div class="command">
                            <code tabindex="0">{line}</code>
                            <CopyButton text=line />
                        </div>
                    }
                })}
            </Transition>
            <p><a class="button button-primary" href="/tasks/new">"Send a task"</a></p>
        </Empty>
    }
}

/// The body that sends a task workers really have, with arguments it really takes.
fn example(task: Option<&RegisteredTask>) -> Value {
    match task {
        Some(task) if task.example.as_object().is_some_and(|example| !example.is_empty()) => {
            json!({ "name": task.name, "kwargs": task.example })
        }
        Some(task) => json!({ "name": task.name }),
        None => json!({ "name": "demo.add", "args": [2, 3] }),
    }
}

/// The command as a POSIX shell reads it: a single quote inside the body ends, escapes and reopens the quotes.
fn command(host: &str, body: &Value) -> String {
    let body = body.to_string().replace('\'', r"'\''");
    format!("curl {host}/api/v1/tasks -H 'Content-Type: application/json' -d '{body}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_an_example_stays_inside_the_quotes() {
        let line = command("localhost:5555", &json!({ "name": "it's" }));
        assert!(line.ends_with(r#"-d '{"name":"it'\''s"}'"#), "{line}");
    }

    #[test]
    fn a_known_task_is_sent_with_its_own_example() {
        let task = RegisteredTask {
            name: "demo.sum".to_owned(),
            queue: "celery".to_owned(),
            parameters: vec!["x".to_owned()],
            example: json!({ "x": 1 }),
            summary: None,
        };
        assert_eq!(example(Some(&task)), json!({ "name": "demo.sum", "kwargs": { "x": 1 } }));
    }
}
