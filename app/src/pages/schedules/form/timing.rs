//! When it is due: a choice of four kinds, each with fields of its own. Which ones are seen is up to the style sheet,
//! so that the choice works without wasm.

use super::control::{Text, check, choice, complaint, described, field, wrong};
use super::editor::Editor;
use crate::components::field::FieldKind;
use crate::view::ScheduleForm;
use leptos::html;
use leptos::prelude::*;

const KINDS: [(&str, &str); 4] =
    [("crontab", "Crontab"), ("interval", "Interval"), ("solar", "Solar event"), ("once", "Once")];

/// Crontabs that are asked for most.
const QUICK: [(&str, &str); 5] = [
    ("*/5 * * * *", "Every 5 minutes"),
    ("0 * * * *", "Hourly"),
    ("0 9 * * *", "Daily at 9:00"),
    ("0 9 * * mon-fri", "Weekdays at 9:00"),
    ("0 0 1 * *", "First of the month"),
];

/// In the order of a day.
const EVENTS: [(&str, &str); 9] = [
    ("dawn_astronomical", "Dawn, astronomical"),
    ("dawn_nautical", "Dawn, nautical"),
    ("dawn_civil", "Dawn, civil"),
    ("sunrise", "Sunrise"),
    ("solar_noon", "Solar noon"),
    ("sunset", "Sunset"),
    ("dusk_civil", "Dusk, civil"),
    ("dusk_nautical", "Dusk, nautical"),
    ("dusk_astronomical", "Dusk, astronomical"),
];

pub(super) fn timing(editor: Editor, form: &ScheduleForm, zone: Option<String>) -> AnyView {
    let kind = |(word, told): (&'static str, &'static str)| {
        view! {
            <label class="kind">
                <input type="radio" name="kind" value=word checked=form.kind == word />
                {told}
            </label>
        }
    };
    view! {
        <fieldset class="timing">
            <legend class="field-label">"Runs"</legend>
            <div class="kinds">{KINDS.map(kind).collect_view()}</div>
            {complaint(editor, "kind")}
            <div class="timing-crontab">{crontab(editor, form)}</div>
            <div class="timing-interval">{interval(editor, form)}</div>
            <div class="timing-solar">{solar(editor, form)}</div>
            <div class="timing-once">{once(editor, form)}</div>
            {Text {
                name: "timezone",
                label: "Time zone",
                hint: "A name such as Europe/Berlin: the clock on the wall it runs by.",
                value: form.timezone.clone(),
                placeholder: zone,
                list: Some("zones"),
                ..Text::default()
            }
            .show(editor)}
        </fieldset>
    }
    .into_any()
}

fn crontab(editor: Editor, form: &ScheduleForm) -> AnyView {
    let node = NodeRef::<html::Input>::new();
    let quick = move |(crontab, told): (&'static str, &'static str)| {
        let choose = move |_| {
            if let Some(input) = node.get_untracked() {
                input.set_value(crontab);
                editor.touch();
            }
        };
        view! {
            <button type="button" class="button button-small" on:click=choose>{told}</button>
        }
    };
    let control = view! {
        <input
            node_ref=node
            class="field-control mono"
            id="crontab"
            name="crontab"
            type="text"
            placeholder="*/10 8-17 * * mon-fri"
            spellcheck="false"
            autocomplete="off"
            autofocus=editor.leads_to("crontab")
            aria-describedby=described("crontab")
            aria-invalid=wrong(editor, "crontab")
            value=form.crontab.clone()
        />
    };
    let hint = "minute · hour · day of month · month · day of week";
    view! {
        {field(editor, "crontab", "Crontab", hint.into_any(), control.into_any())}
        <div class="quick" role="group" aria-label="Common crontabs">{QUICK.map(quick).collect_view()}</div>
        <p class="legend muted">
            <code>"*"</code> " any, " <code>"*/10"</code> " every tenth, " <code>"1,15"</code> " a list, "
            <code>"8-17"</code> " a range, " <code>"mon"</code> " a name. "
            "Where both kinds of days are given, both have to fit."
        </p>
    }
    .into_any()
}

fn interval(editor: Editor, form: &ScheduleForm) -> AnyView {
    let every = Text {
        name: "every",
        label: "Every",
        hint: "Seconds, or a length of time such as 30s, 15m or 1h 30m.",
        value: form.every.clone(),
        ..Text::default()
    };
    view! {
        {every.show(editor)}
        {check(editor, "relative", "On the clock: at whole seconds, minutes, hours or days", !form.relative.is_empty())}
    }
    .into_any()
}

fn solar(editor: Editor, form: &ScheduleForm) -> AnyView {
    let degrees = |name, label, hint, value: &String| {
        let value = value.clone();
        Text { name, label, hint, value, kind: FieldKind::Number, ..Text::default() }.show(editor)
    };
    view! {
        {choice(editor, ("event", "Event", "Every day, where the sun does that."), &EVENTS, &form.event)}
        <div class="field-pair">
            {degrees("latitude", "Latitude", "Degrees, north is positive.", &form.latitude)}
            {degrees("longitude", "Longitude", "Degrees, east is positive.", &form.longitude)}
        </div>
    }
    .into_any()
}

fn once(editor: Editor, form: &ScheduleForm) -> AnyView {
    // A browser's field for moments shows none that names its zone.
    let is_local = form.at.is_empty() || form.at.len() <= "2026-12-01T09:00:00".len();
    let control = view! {
        <input
            class="field-control"
            id="at"
            name="at"
            type=if is_local { "datetime-local" } else { "text" }
            step="1"
            autofocus=editor.leads_to("at")
            aria-describedby=described("at")
            aria-invalid=wrong(editor, "at")
            value=form.at.clone()
        />
    };
    let hint = "One moment, on the clock of the time zone below.";
    field(editor, "at", "At", hint.into_any(), control.into_any())
}
