//! What most schedules leave as it is: options of the task, and what happens after downtime.

use super::control::{Text, check, choice};
use super::editor::Editor;
use crate::components::field::FieldKind;
use crate::view::ScheduleForm;
use leptos::prelude::*;

const FIELDS: [&str; 7] =
    ["queue", "priority", "expires", "options", "missed", "missed_limit", "max_running"];

const MISSED: [(&str, &str); 3] = [
    ("once", "Run once for all that were missed"),
    ("skip", "Skip what was missed"),
    ("all", "Run each that was missed"),
];

pub(super) fn advanced(editor: Editor, form: &ScheduleForm) -> AnyView {
    let text = |name, label, hint, kind, value: &String| Text {
        name,
        label,
        hint,
        kind,
        value: value.clone(),
        ..Text::default()
    };
    let is_used =
        [&form.queue, &form.priority, &form.expires, &form.options, &form.max_running, &form.disabled]
            .into_iter()
            .any(|text| !text.is_empty());
    let is_open = is_used
        || !matches!(form.missed.as_str(), "" | "once")
        || untrack(|| FIELDS.iter().any(|field| editor.mistake(field).is_some()));
    let queue = text("queue", "Queue", "Left empty, the task's own.", FieldKind::Line, &form.queue);
    let expires = "Seconds after which it is not started any more.";
    let options = "Celery's other options, a JSON object such as {\"time_limit\": 60}.";
    let limit = "The newest ones. Left empty, 10.";
    let running = "Nothing is sent while so many still run. Left empty, any number may.";
    let missed = ("missed", "After downtime", "What becomes of runs nobody was there for.");
    view! {
        <details class="advanced" open=is_open>
            <summary>"Queue, options and missed runs"</summary>
            <div class="advanced-fields">
                {Text { list: Some("queues"), ..queue }.show(editor)}
                <div class="field-pair">
                    {text("priority", "Priority", "0 is urgent, 9 is not.", FieldKind::Number, &form.priority)
                        .show(editor)}
                    {text("expires", "Expires", expires, FieldKind::Line, &form.expires).show(editor)}
                </div>
                {text("options", "Other options", options, FieldKind::Code, &form.options).show(editor)}
                {choice(editor, missed, &MISSED, &form.missed)}
                <div class="missed-limit">
                    {text("missed_limit", "At most so many", limit, FieldKind::Number, &form.missed_limit).show(editor)}
                </div>
                {text("max_running", "Runs at a time", running, FieldKind::Number, &form.max_running).show(editor)}
                {check(editor, "disabled", "Switched off: it is kept, but sends nothing", !form.disabled.is_empty())}
            </div>
        </details>
    }
    .into_any()
}
