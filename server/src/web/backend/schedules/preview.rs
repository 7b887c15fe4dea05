//! What an entry would do that is not stored yet.

use crate::schedule::{Definition, Mistake, Tz};
use crate::web::convert::schedule::{field_mistake, foreseen, upcoming};
use app::view::SchedulePreview;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

/// Moments that are told.
pub(super) const MOMENTS: usize = 10;

/// Told on the clock of the zone `shown`, or of its own where there is none.
pub(super) fn preview(
    written: &Value,
    own_zone: Tz,
    shown: Option<Tz>,
    unknown_task: impl FnOnce(&str) -> Option<Mistake>,
    now: DateTime<Utc>,
) -> SchedulePreview {
    let (timed, mut mistakes) = match Definition::read(written, own_zone) {
        Ok(definition) => (Some(definition), Vec::new()),
        // When it is due can be told whatever else is wrong.
        Err(mistakes) => (Definition::read(&timing(written), own_zone).ok(), mistakes),
    };
    if let Some(task) = written["task"].as_str().filter(|_| !mistakes.iter().any(|it| it.field == "task")) {
        mistakes.extend(unknown_task(task));
    }
    let mut preview = SchedulePreview {
        mistakes: mistakes.iter().map(field_mistake).collect(),
        ..SchedulePreview::default()
    };
    if let Some(definition) = timed {
        let zone = definition.zone;
        let moments = foreseen(&definition.schedule, zone, now).take(MOMENTS);
        preview.words = definition.schedule.words();
        preview.upcoming =
            moments.map(|occurrence| upcoming(occurrence, zone, shown.unwrap_or(zone))).collect();
    }
    preview
}

/// The part of an entry that says when it is due.
fn timing(written: &Value) -> Value {
    let mut timing = Map::from_iter([("task".to_owned(), json!("any"))]);
    for field in ["schedule", "timezone", "relative"] {
        if let Some(value) = written.get(field) {
            timing.insert(field.to_owned(), value.clone());
        }
    }
    Value::Object(timing)
}
