//! The form as a whole.

use super::advanced::advanced;
use super::control::{Text, described, field, wrong};
use super::editor::Editor;
use super::preview::preview;
use super::schedule_href;
use super::timing::timing;
use crate::api::{OpenedForm, PutSchedule, form_error};
use crate::components::error_panel::ErrorPanel;
use crate::components::field::FieldKind;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub(super) fn Form(
    opened: OpenedForm,
    /// The zone the preview is told in.
    zone: String,
    /// The entry that is replaced.
    edited: Option<String>,
) -> impl IntoView {
    let OpenedForm { form, tasks, queues, zones, zone: usual, glance } = opened;
    let editor = Editor::new(glance, form_error(PutSchedule::PATH).get_untracked(), &form.name);
    // Something may have been typed before this code was there.
    let before = form.clone();
    Effect::new(move |_| {
        if editor.fields().is_some_and(|(fields, _)| fields != before) {
            editor.touch();
        }
    });

    let put = ServerAction::<PutSchedule>::new();
    let instead_of = StoredValue::new(edited.clone().unwrap_or_default());
    let on_submit = move |event: SubmitEvent| {
        // Only the button of the preview has a way of its own.
        if event.submitter().is_some_and(|button| button.has_attribute("formmethod")) {
            return;
        }
        event.prevent_default();
        // Pressed twice, the second would find the name taken by the first.
        if let Some((form, _)) = editor.fields().filter(|_| !put.pending().get_untracked()) {
            put.dispatch(PutSchedule { form, instead_of: instead_of.get_value() });
        }
    };
    Effect::new(move |_| {
        if let Some(Err(error)) = put.value().get() {
            editor.refuse(error);
        }
    });

    let text = |name, label, hint, kind, value: &String| {
        Text { name, label, hint, kind, value: value.clone(), ..Text::default() }.show(editor)
    };
    let task = view! {
        <input
            class="field-control"
            id="task"
            name="task"
            type="text"
            list="tasks"
            spellcheck="false"
            autocomplete="off"
            autofocus=editor.leads_to("task")
            aria-describedby=described("task")
            aria-invalid=wrong(editor, "task")
            value=form.task.clone()
        />
    };
    let about = (move || editor.glance.read().task.clone()).into_any();
    let (verb, back) = match &edited {
        Some(name) => ("Save changes", schedule_href(name)),
        None => ("Add schedule", "/schedules".to_owned()),
    };
    view! {
        <form
            node_ref=editor.node
            class="schedule-form"
            method="post"
            action=PutSchedule::PATH
            novalidate
            on:submit=on_submit
            on:input=move |_| editor.touch()
        >
            <div class="schedule-fields">
                {move || editor.refusal.get().map(|error| view! { <ErrorPanel error=Signal::stored(error) /> })}
                <input type="hidden" name="instead_of" value=edited.clone() />
                {text("name", "Name", "What it is called in lists, such as nightly-report.", FieldKind::Line, &form.name)}
                {field(editor, "task", "Task", about, task.into_any())}
                {timing(editor, &form, usual)}
                {text("args", "Arguments", "A JSON array.", FieldKind::Code, &form.args)}
                {text("kwargs", "Keyword arguments", "A JSON object.", FieldKind::Code, &form.kwargs)}
                {advanced(editor, &form)}
                <div class="schedule-send">
                    <button
                        type="submit"
                        class="button button-primary"
                        aria-busy=move || put.pending().get().then_some("true")
                    >
                        {verb}
                    </button>
                    <a class="button" href=back>"Cancel"</a>
                </div>
            </div>
            {preview(editor, zone, edited.as_deref())}
        </form>
        {suggestions("tasks", tasks)}
        {suggestions("queues", queues)}
        {suggestions("zones", zones)}
    }
}

fn suggestions(id: &'static str, words: Vec<String>) -> AnyView {
    let words = words.into_iter().map(|word| view! { <option value=word></option> }).collect_view();
    view! { <datalist id=id>{words}</datalist> }.into_any()
}
