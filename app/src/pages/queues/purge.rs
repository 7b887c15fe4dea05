//! Dropping all that waits in a queue. The question unfolds in the page, so that it is asked without wasm too.

use crate::api::{PurgeQueue, purged};
use crate::components::field::Field;
use crate::components::toast::use_toasts;
use crate::format::exact;
use crate::view::QueueDetail;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub(super) fn Purge(queue: RwSignal<QueueDetail>, when_done: Callback<()>) -> impl IntoView {
    let count = Memo::new(move |_| queue.with(|queue| queue.row.ready + queue.row.held));
    view! {
        <Show when=move || { count.get() > 0 }>
            <Question queue count when_done />
        </Show>
    }
}

#[component]
fn Question(queue: RwSignal<QueueDetail>, count: Memo<u64>, when_done: Callback<()>) -> impl IntoView {
    let purge = ServerAction::<PurgeQueue>::new();
    let toasts = use_toasts();
    let typed = RwSignal::new(String::new());
    let name = StoredValue::new(queue.with_untracked(|queue| queue.row.name.clone()));
    let refused = move || purge.value().get().and_then(Result::err).map(|error| error.message().to_owned());
    // A refusal that came back without wasm must be seen.
    let opened = refused().is_some();
    Effect::watch(
        move || purge.value().get(),
        move |outcome, _, _| {
            if let Some(Ok(count)) = outcome {
                toasts.done(purged(*count));
                when_done.run(());
            }
        },
        false,
    );
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        purge.dispatch(PurgeQueue { name: name.get_value(), typed: typed.get_untracked() });
    };
    let messages = move || match count.get() {
        1 => "1 message".to_owned(),
        count => format!("{} messages", exact(count)),
    };
    view! {
        <details class="ask section" open=opened>
            <summary class="button button-danger">"Purge queue"</summary>
            <form class="ask-form" method="post" action=PurgeQueue::PATH on:submit=on_submit>
                <p>
                    "All that waits in " <strong>{name.get_value()}</strong> ", ready or held, is dropped for good. \
                    What workers have in hand is not touched."
                </p>
                <input type="hidden" name="name" value=name.get_value() />
                <Field
                    name="typed"
                    label="Type the name of the queue to confirm"
                    value=typed
                    error=Signal::derive(refused)
                    required=true
                />
                <button type="submit" class="button button-danger" aria-busy=move || purge.pending().get().then_some("true")>
                    "Purge " {messages}
                </button>
            </form>
        </details>
    }
}
