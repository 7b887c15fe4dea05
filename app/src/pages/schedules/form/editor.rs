//! What a person types, and what comes of it: the fields live in the page itself and are read from there.

use crate::ApiError;
use crate::api::{Glance, mistakes_in, preview_schedule};
use crate::view::{FieldMistake, ScheduleForm};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use std::time::Duration;
use web_sys::{FormData, HtmlElement};

/// How long nothing has to be typed before the server is asked.
const PAUSE: Duration = Duration::from_millis(300);

/// The form in the page.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    pub(super) node: NodeRef<html::Form>,
    /// What the fields mean, as far as the server has said.
    pub(super) glance: RwSignal<Glance>,
    /// A refusal that is about no field.
    pub(super) refusal: RwSignal<Option<ApiError>>,
    /// Counts changes: an answer about an older state is dropped.
    turn: StoredValue<u32>,
    /// Once it has been refused, empty fields are wrong as well.
    refused: StoredValue<bool>,
    /// A name that was refused, which only storing finds out.
    refused_name: StoredValue<Option<(String, FieldMistake)>>,
}

impl Editor {
    /// With what a form posted without wasm was refused for.
    pub(super) fn new(glance: Glance, posted: Option<ApiError>, name: &str) -> Self {
        let editor = Self {
            node: NodeRef::new(),
            glance: RwSignal::new(glance),
            refusal: RwSignal::new(None),
            turn: StoredValue::new(0),
            refused: StoredValue::new(false),
            refused_name: StoredValue::new(None),
        };
        if let Some(error) = posted {
            editor.take_refusal(error, name);
        }
        editor
    }

    /// What is wrong with a field.
    pub(super) fn mistake(self, field: &str) -> Option<String> {
        let sentence = |glance: &Glance| {
            let mistake = glance.mistakes.iter().find(|mistake| mistake.field == field)?;
            Some(mistake.sentence.clone())
        };
        self.glance.with(sentence)
    }

    /// Whether a page that comes without wasm leads to this field first.
    pub(super) fn leads_to(self, field: &str) -> bool {
        self.refused.get_value() && untrack(|| self.mistake(field)).is_some()
    }

    /// The fields as they stand in the page, and the zone of the preview. Browser only.
    pub(super) fn fields(self) -> Option<(ScheduleForm, String)> {
        let fields = FormData::new_with_form(&self.node.try_get_untracked()??).ok()?;
        let text = |name: &str| fields.get(name).as_string().unwrap_or_default();
        Some((ScheduleForm::of_fields(&text), text("zone")))
    }

    /// Asks what the fields mean when nothing more is typed.
    pub(super) fn touch(self) {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        let turn = self.turn.get_value();
        set_timeout(move || self.ask(turn), PAUSE);
    }

    fn ask(self, turn: u32) {
        // The page may be gone.
        let is_current = move || self.turn.try_get_value() == Some(turn);
        let Some((form, zone)) = is_current().then(|| self.fields()).flatten() else { return };
        let complete = self.refused.get_value();
        let name = form.name.clone();
        spawn_local(async move {
            let told = preview_schedule(form, zone, complete).await;
            match told {
                _ if !is_current() => {}
                Ok(glance) => self.glance.set(self.with_refused_name(glance, &name)),
                Err(error) => self.glance.update(|glance| glance.trouble = Some(error.message().to_owned())),
            }
        });
    }

    /// A name stays refused until it is changed.
    fn with_refused_name(self, mut glance: Glance, name: &str) -> Glance {
        let refused = self.refused_name.get_value().filter(|(refused, _)| refused == name);
        if let Some((_, mistake)) = refused
            && glance.mistakes.iter().all(|known| known.field != "name")
        {
            glance.mistakes.push(mistake);
        }
        glance
    }

    /// Shows a refusal, and leads to the first field that is wrong.
    pub(super) fn refuse(self, error: ApiError) {
        let name = self.fields().map(|(form, _)| form.name).unwrap_or_default();
        self.take_refusal(error, &name);
        // An answer that is still on its way knows nothing of empty fields.
        self.touch();
        request_animation_frame(move || {
            if let Some(form) = self.node.try_get_untracked().flatten() {
                lead_to_mistake(&form);
            }
        });
    }

    fn take_refusal(self, error: ApiError, name: &str) {
        self.refused.set_value(true);
        let mistakes = mistakes_in(error.message());
        let at_name = mistakes.iter().find(|mistake| mistake.field == "name").cloned();
        self.refused_name.set_value(at_name.map(|mistake| (name.to_owned(), mistake)));
        self.refusal.set(mistakes.is_empty().then_some(error));
        self.glance.update(|glance| glance.mistakes = mistakes);
    }
}

fn lead_to_mistake(form: &HtmlElement) {
    let Ok(Some(wrong)) = form.query_selector("[aria-invalid], [role=alert]:not(:empty)") else { return };
    if let Ok(Some(folded)) = wrong.closest("details:not([open])") {
        // Fails for no element that was found.
        let _ = folded.set_attribute("open", "");
    }
    let wrong: HtmlElement = wrong.unchecked_into();
    wrong.scroll_into_view_with_bool(false);
    // What cannot be focused is at least in view.
    let _ = wrong.focus();
}
