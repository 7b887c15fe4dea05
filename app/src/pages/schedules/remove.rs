//! Deleting an entry. The question unfolds in the page, so that it is asked without wasm too.

use crate::api::RemoveSchedule;
use crate::components::field::Field;
use crate::components::toast::use_toasts;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

#[component]
pub(super) fn Remove(name: String) -> impl IntoView {
    let remove = ServerAction::<RemoveSchedule>::new();
    let (toasts, navigate) = (use_toasts(), use_navigate());
    let typed = RwSignal::new(String::new());
    let name = StoredValue::new(name);
    let refused = move || remove.value().get().and_then(Result::err).map(|error| error.message().to_owned());
    // A refusal that came back without wasm must be seen.
    let opened = refused().is_some();
    Effect::watch(
        move || remove.value().get(),
        move |outcome, _, _| {
            if let Some(Ok(())) = outcome {
                toasts.done(format!("Deleted {}", name.get_value()));
                navigate("/schedules", NavigateOptions::default());
            }
        },
        false,
    );
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        remove.dispatch(RemoveSchedule { name: name.get_value(), typed: typed.get_untracked() });
    };
    view! {
        <details class="ask section" open=opened>
            <summary class="button button-danger">"Delete schedule"</summary>
            <form class="ask-form" method="post" action=RemoveSchedule::PATH on:submit=on_submit>
                <p>
                    <strong>{name.get_value()}</strong>
                    " and its history are dropped for good. Tasks it has sent are not touched."
                </p>
                <input type="hidden" name="name" value=name.get_value() />
                <Field
                    name="typed"
                    label="Type the name of the schedule to confirm"
                    value=typed
                    error=Signal::derive(refused)
                    required=true
                />
                <button type="submit" class="button button-danger" aria-busy=move || remove.pending().get().then_some("true")>
                    "Delete " {name.get_value()}
                </button>
            </form>
        </details>
    }
}
