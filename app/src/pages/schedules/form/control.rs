//! The controls of the form. A hint gives way to the mistake, so that nothing moves when one appears.

use super::editor::Editor;
use crate::components::field::FieldKind;
use crate::components::raw_text::raw_text;
use leptos::prelude::*;

/// A field for text.
#[derive(Default)]
pub(super) struct Text {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) kind: FieldKind,
    pub(super) value: String,
    /// What it means to leave it empty.
    pub(super) placeholder: Option<String>,
    /// The id of a `<datalist>` with suggestions.
    pub(super) list: Option<&'static str>,
}

impl Text {
    pub(super) fn show(self, editor: Editor) -> AnyView {
        let name = self.name;
        let control = match self.kind {
            FieldKind::Code => view! {
                <textarea
                    class="field-control field-code mono"
                    id=name
                    name=name
                    rows="2"
                    spellcheck="false"
                    autocomplete="off"
                    autofocus=editor.leads_to(name)
                    aria-describedby=described(name)
                    aria-invalid=wrong(editor, name)
                >
                    {raw_text(self.value)}
                </textarea>
            }
            .into_any(),
            kind => view! {
                <input
                    class="field-control"
                    id=name
                    name=name
                    type="text"
                    inputmode=(kind == FieldKind::Number).then_some("decimal")
                    list=self.list
                    placeholder=self.placeholder
                    spellcheck="false"
                    autocomplete="off"
                    autofocus=editor.leads_to(name)
                    aria-describedby=described(name)
                    aria-invalid=wrong(editor, name)
                    value=self.value
                />
            }
            .into_any(),
        };
        field(editor, name, self.label, self.hint.into_any(), control)
    }
}

/// A field for one of a few words.
pub(super) fn choice(
    editor: Editor,
    (name, label, hint): (&'static str, &'static str, &'static str),
    words: &'static [(&'static str, &'static str)],
    value: &str,
) -> AnyView {
    let option = |(word, told): &(&'static str, &'static str)| {
        view! { <option value=*word selected=*word == value>{*told}</option> }
    };
    let control = view! {
        <select
            class="field-control"
            id=name
            name=name
            aria-describedby=described(name)
            aria-invalid=wrong(editor, name)
        >
            {words.iter().map(option).collect_view()}
        </select>
    };
    field(editor, name, label, hint.into_any(), control.into_any())
}

/// A field for yes or no.
pub(super) fn check(editor: Editor, name: &'static str, label: &'static str, checked: bool) -> AnyView {
    view! {
        <div class="field">
            <label class="check">
                <input
                    type="checkbox"
                    name=name
                    checked=checked
                    aria-describedby=format!("{name}-error")
                    aria-invalid=wrong(editor, name)
                />
                {label}
            </label>
            {complaint(editor, name)}
        </div>
    }
    .into_any()
}

/// A control with its label, its hint and its mistake.
pub(super) fn field(
    editor: Editor,
    name: &'static str,
    label: &'static str,
    hint: AnyView,
    control: AnyView,
) -> AnyView {
    view! {
        <div class="field" class:field-wrong=move || editor.mistake(name).is_some()>
            <label class="field-label" for=name>{label}</label>
            {control}
            <p class="field-hint" id=format!("{name}-hint")>{hint}</p>
            {complaint(editor, name)}
        </div>
    }
    .into_any()
}

/// What is wrong with a field.
pub(super) fn complaint(editor: Editor, name: &'static str) -> AnyView {
    view! { <p class="field-error" id=format!("{name}-error") role="alert">{move || editor.mistake(name)}</p> }
        .into_any()
}

pub(super) fn described(name: &str) -> String {
    format!("{name}-hint {name}-error")
}

pub(super) fn wrong(editor: Editor, name: &'static str) -> impl Fn() -> Option<&'static str> + Send + Clone {
    move || editor.mistake(name).map(|_| "true")
}
