//! What the form's server functions do.

use super::fields::message_of;
use super::{Glance, OpenedForm};
use crate::ApiError;
use crate::backend::Backend;
use crate::view::{FieldMistake, ScheduleFilter, ScheduleForm, ScheduleOrigin, SchedulePreview};
use serde_json::Value;

/// The kinds of schedules, the one a new form begins with first.
const KINDS: [&str; 4] = ["crontab", "interval", "solar", "once"];

/// What a field for a time zone suggests. Any other name is as good.
const ZONES: [&str; 40] = [
    "UTC",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/Anchorage",
    "America/Argentina/Buenos_Aires",
    "America/Bogota",
    "America/Chicago",
    "America/Denver",
    "America/Halifax",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Toronto",
    "Asia/Bangkok",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Jakarta",
    "Asia/Jerusalem",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Manila",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Perth",
    "Australia/Sydney",
    "Europe/Amsterdam",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Moscow",
    "Europe/Paris",
    "Europe/Warsaw",
    "Pacific/Auckland",
    "Pacific/Honolulu",
];

pub(super) async fn open(
    backend: &Backend,
    typed: ScheduleForm,
    zone: String,
    edited: Option<String>,
) -> Result<OpenedForm, ApiError> {
    let stored = match edited {
        Some(name) => Some(stored(backend, name).await?),
        None => None,
    };
    // What was typed comes before what is stored: it is a refused form that came back.
    let mut form = stored.filter(|_| typed == ScheduleForm::default()).unwrap_or(typed);
    choose(&mut form);
    // None of these is needed to fill in the form, so their absence is no error of this page.
    let session = backend.session.get().await.ok();
    let page = backend.schedules.list(ScheduleFilter::default()).await.ok();
    let tasks = backend.tasks.registered().await.unwrap_or_default();
    let glance = glance(backend, &form, zone, false)
        .await
        .unwrap_or_else(|error| Glance { trouble: Some(error.message().to_owned()), ..Glance::default() });
    Ok(OpenedForm {
        form,
        tasks: tasks.into_iter().map(|task| task.name).collect(),
        queues: session.map(|session| session.queues).unwrap_or_default(),
        zones: ZONES.map(str::to_owned).to_vec(),
        zone: page.map(|page| page.scheduler.zone),
        glance,
    })
}

/// Where the page shows a choice, one of its words is chosen from the beginning.
fn choose(form: &mut ScheduleForm) {
    if !KINDS.contains(&form.kind.as_str()) {
        form.kind = KINDS[0].to_owned();
    }
    for (field, usual) in [(&mut form.event, "sunset"), (&mut form.missed, "once")] {
        if field.is_empty() {
            *field = usual.to_owned();
        }
    }
}

async fn stored(backend: &Backend, name: String) -> Result<ScheduleForm, ApiError> {
    let detail = backend.schedules.get(name).await?;
    let refused = |sentence: String| Err(ApiError::Conflict(sentence));
    match (detail.row.origin, detail.form) {
        (ScheduleOrigin::Stored, Some(form)) => Ok(form),
        (ScheduleOrigin::Stored, None) => refused(
            "The form cannot show this entry. Replace it with `umbel schedule add NAME --file entry.json \
             --replace`, or delete it."
                .to_owned(),
        ),
        (ScheduleOrigin::File { path, node }, _) => {
            refused(format!("This entry is written in {path} on {node}. Edit it there, and restart."))
        }
        (ScheduleOrigin::Code { node }, _) => {
            refused(format!("This entry comes from the program on {node}. Edit it there, and restart."))
        }
    }
}

pub(super) async fn glance(
    backend: &Backend,
    form: &ScheduleForm,
    zone: String,
    complete: bool,
) -> Result<Glance, ApiError> {
    let (_, mut preview) = considered(backend, form, zone).await?;
    preview.mistakes.retain(|mistake| complete || !form.text(&mistake.field).is_empty());
    Ok(Glance {
        task: about_task(backend, form.task.trim()).await,
        words: preview.words,
        upcoming: preview.upcoming,
        mistakes: preview.mistakes,
        trouble: None,
    })
}

/// "(x, y) Adds two numbers."
async fn about_task(backend: &Backend, name: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    let registered = backend.tasks.registered().await.ok()?;
    let Some(task) = registered.iter().find(|task| task.name == name) else {
        return Some("No worker has registered a task of this name yet.".to_owned());
    };
    let call = format!("({})", task.parameters.join(", "));
    Some(task.summary.as_ref().map_or_else(|| call.clone(), |summary| format!("{call} {summary}")))
}

/// The entry a form means, and what it would do; everything that is wrong with it is told at the form's fields.
async fn considered(
    backend: &Backend,
    form: &ScheduleForm,
    zone: String,
) -> Result<(Value, SchedulePreview), ApiError> {
    let (definition, mut mistakes) = form.read();
    let mut preview = backend.schedules.preview(definition.clone(), zone).await?;
    // That the unreadable part is missing has been said, and better.
    preview.mistakes.retain(|mistake| mistake.field != "schedule" || definition.get("schedule").is_some());
    mistakes.append(&mut preview.mistakes);
    preview.mistakes = form.placed(mistakes);
    Ok((definition, preview))
}

pub(super) async fn put(
    backend: &Backend,
    form: &ScheduleForm,
    instead_of: Option<String>,
) -> Result<(), ApiError> {
    let (definition, preview) = considered(backend, form, String::new()).await?;
    if !preview.mistakes.is_empty() {
        return Err(ApiError::BadRequest(message_of(&preview.mistakes)));
    }
    let name = form.name.trim().to_owned();
    let renamed = instead_of.as_ref() != Some(&name);
    backend.schedules.put(name, definition, instead_of).await.map_err(|error| match error {
        // The entry was found right: what may be left is its name.
        ApiError::BadRequest(sentence) => ApiError::BadRequest(match sentence.strip_prefix("name ") {
            Some(rest) => at_name(&format!("Name {rest}")),
            None => sentence,
        }),
        ApiError::Conflict(sentence) if renamed => ApiError::Conflict(at_name(&sentence)),
        error => error,
    })
}

fn at_name(sentence: &str) -> String {
    message_of(&[FieldMistake { field: "name".to_owned(), sentence: sentence.to_owned() }])
}
