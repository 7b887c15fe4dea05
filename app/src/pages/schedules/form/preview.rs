//! What the fields would do, beside them: in words, and the next ten moments.

use super::editor::Editor;
use super::schedule_href;
use crate::components::relative_time::RelativeTime;
use crate::view::Upcoming;
use js_sys::{Array, Intl, Object, Reflect};
use leptos::prelude::*;

/// What stands where nothing can be said yet.
const NOTHING: &str = "When the fields say when it runs, its next ten runs are listed here.";

pub(super) fn preview(editor: Editor, zone: String, edited: Option<&str>) -> AnyView {
    let glance = editor.glance;
    let words = move || {
        glance.with(|glance| match &glance.trouble {
            Some(trouble) => trouble.clone(),
            None if glance.words.is_empty() => NOTHING.to_owned(),
            None => glance.words.clone(),
        })
    };
    let is_never = move || glance.with(|glance| glance.upcoming.is_empty() && !glance.words.is_empty());
    let page = edited.map_or_else(|| "/schedules/new".to_owned(), |name| schedule_href(name) + "/edit");
    view! {
        <section class="schedule-preview" aria-label="Preview">
            <div class="panel-head">
                <h2>"Preview"</h2>
                {zone_choice(zone)}
            </div>
            <p class="preview-words" class:muted=move || glance.read().words.is_empty() aria-live="polite">
                {words}
            </p>
            <ol class="preview-list">
                {move || glance.with(|glance| glance.upcoming.iter().cloned().map(moment).collect_view())}
                {move || is_never().then(|| view! { <li class="muted">"It is never due again."</li> })}
            </ol>
            <button type="submit" class="button preview-button" formmethod="get" formaction=page>
                "Preview"
            </button>
        </section>
    }
    .into_any()
}

fn moment(upcoming: Upcoming) -> AnyView {
    view! {
        <li>
            <span class="preview-at">{upcoming.local}</span>
            <RelativeTime at=upcoming.at />
            {upcoming.note.map(|note| view! { <span class="preview-note">{note}</span> })}
        </li>
    }
    .into_any()
}

/// The zone the moments are told in. Only the browser knows its own.
fn zone_choice(chosen: String) -> AnyView {
    let is_named = !matches!(chosen.as_str(), "" | "UTC");
    let other = RwSignal::new(is_named.then(|| chosen.clone()));
    Effect::new(move |_| {
        if other.with_untracked(Option::is_none) {
            other.set(browser_zone().filter(|zone| zone != "UTC"));
        }
    });
    let named = move || {
        other.get().map(|zone| view! { <option value=zone selected=is_named>{zone.clone()}</option> })
    };
    view! {
        <select class="field-control preview-zone" name="zone" aria-label="Times are told in">
            <option value="">"In the schedule's zone"</option>
            <option value="UTC" selected=chosen == "UTC">"UTC"</option>
            {named}
        </select>
    }
    .into_any()
}

fn browser_zone() -> Option<String> {
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}
