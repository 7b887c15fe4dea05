//! A schedule's entry, its past and its future.

use super::task;
use crate::beat::{Entry, Mark, MarkKind, Origin, Sighting, Standing, State};
use crate::monitor::Brief;
use crate::protocol::TaskId;
use crate::schedule::{Definition, Mistake, Occurrence, Schedule, Shift, Tz};
use app::view::{
    CeleryBeat, FieldMistake, RunKind, RunMark, ScheduleOrigin, ScheduleRow, ScheduleStanding,
    SchedulerStanding, Upcoming,
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::HashMap;

/// Moments that a row tells.
const NEXT: usize = 3;
/// Of an entry that cannot be understood, so much of what was written is shown.
const LONGEST_WRITTEN: usize = 200;

/// What became of the tasks that entries have sent, where history knows it.
pub(crate) type Ends = HashMap<TaskId, Brief>;

pub(crate) fn row(
    entry: &Entry,
    state: Option<&State>,
    ends: &Ends,
    warning: Option<String>,
    own_zone: Tz,
    now: DateTime<Utc>,
) -> ScheduleRow {
    let shown = match &entry.definition {
        Ok(definition) => Shown::of(definition),
        Err(_) => Shown::of_broken(&entry.value(), own_zone),
    };
    let standing = standing(entry, now);
    let marks = state.map(|state| state.marks.iter().map(|kept| mark(kept, state, ends, now)).collect());
    let next = match standing {
        ScheduleStanding::Active => {
            occurrences(entry, now).take(NEXT).map(|occurrence| occurrence.at.timestamp_millis()).collect()
        }
        _ => Vec::new(),
    };
    ScheduleRow {
        name: entry.name.to_string(),
        task: shown.task,
        queue: shown.queue,
        words: shown.words,
        written: shown.written,
        zone: shown.zone,
        origin: origin(&entry.origin),
        standing,
        warning,
        next,
        marks: marks.unwrap_or_default(),
        sent: entry.head.as_ref().map_or(0, |head| head.sent),
        passed: entry.head.as_ref().map_or(0, |head| head.passed),
    }
}

/// What an entry says of itself.
struct Shown {
    task: String,
    queue: Option<String>,
    words: String,
    written: String,
    zone: String,
}

impl Shown {
    fn of(definition: &Definition) -> Self {
        Self {
            task: definition.task.clone(),
            queue: definition.options.queue.clone(),
            words: definition.schedule.words(),
            written: definition.schedule.written(),
            zone: definition.zone.name().to_owned(),
        }
    }

    /// As much as can be made out.
    fn of_broken(entry: &Value, own_zone: Tz) -> Self {
        let text = |value: &Value| value.as_str().map(|text| text.chars().take(LONGEST_WRITTEN).collect());
        let written = match &entry["schedule"] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Self {
            task: text(&entry["task"]).unwrap_or_default(),
            queue: text(&entry["options"]["queue"]),
            words: String::new(),
            written: written.chars().take(LONGEST_WRITTEN).collect(),
            zone: text(&entry["timezone"]).unwrap_or_else(|| own_zone.name().to_owned()),
        }
    }
}

/// Whether an entry does anything.
pub(crate) fn standing(entry: &Entry, now: DateTime<Utc>) -> ScheduleStanding {
    match (&entry.definition, entry.active()) {
        (Err(mistakes), _) => {
            let told: Vec<String> =
                mistakes.iter().map(|mistake| sentence(&field_mistake(mistake))).collect();
            ScheduleStanding::Broken { sentence: told.join(" ") }
        }
        (Ok(_), None) => ScheduleStanding::Paused,
        (Ok(_), Some(_)) if next(entry, now).is_none() => ScheduleStanding::Done,
        (Ok(_), Some(_)) => ScheduleStanding::Active,
    }
}

/// When an active entry is due next. One that the scheduler has not looked at yet counts from now on.
pub(crate) fn next(entry: &Entry, now: DateTime<Utc>) -> Option<Occurrence> {
    let definition = entry.active()?;
    if entry.next.is_some() || entry.is_noticed() {
        return entry.next;
    }
    definition.schedule.next_after(now, definition.zone)
}

/// When an active entry is due from now on.
pub(crate) fn occurrences(entry: &Entry, now: DateTime<Utc>) -> impl Iterator<Item = Occurrence> {
    let definition = entry.active();
    std::iter::successors(next(entry, now), move |last| {
        definition.and_then(|definition| definition.schedule.next_after(last.at, definition.zone))
    })
}

/// When a schedule that begins now would be due.
pub(crate) fn foreseen(
    schedule: &Schedule,
    zone: Tz,
    now: DateTime<Utc>,
) -> impl Iterator<Item = Occurrence> {
    std::iter::successors(schedule.next_after(now, zone), move |last| schedule.next_after(last.at, zone))
}

/// An occurrence of an entry in zone `own`, told in zone `shown`.
pub(crate) fn upcoming(occurrence: Occurrence, own: Tz, shown: Tz) -> Upcoming {
    let local = occurrence.at.with_timezone(&shown);
    let second = if occurrence.at.timestamp_subsec_millis() == 0 { "%S" } else { "%S%.3f" };
    Upcoming {
        at: occurrence.at.timestamp_millis(),
        local: local.format(&format!("%a %d %b %Y %H:%M:{second} %Z")).to_string(),
        note: occurrence.shift.map(|shift| note(shift, occurrence.at, own)),
    }
}

fn note(shift: Shift, at: DateTime<Utc>, own: Tz) -> String {
    let local = at.with_timezone(&own);
    match shift {
        Shift::Skipped { meant } => format!(
            "{} does not exist in {own} on that day, because the clock is put forward; it runs at {} there.",
            meant.format("%H:%M"),
            local.format("%H:%M")
        ),
        Shift::Repeated => format!(
            "{} comes twice in {own} on that day, because the clock is put back; it runs the first time.",
            local.format("%H:%M")
        ),
    }
}

fn mark(mark: &Mark, state: &State, ends: &Ends, now: DateTime<Utc>) -> RunMark {
    let id = mark.is_sent().then(|| state.head.task_id(mark.due));
    let brief = id.as_ref().and_then(|id| ends.get(id));
    let due = mark.due.div_euclid(1_000);
    RunMark {
        due,
        kind: match mark.kind {
            MarkKind::OnTime => RunKind::OnTime,
            MarkKind::Late => RunKind::Late,
            MarkKind::ByHand => RunKind::ByHand,
            MarkKind::Missed => RunKind::Missed,
            MarkKind::Overlap => RunKind::Overlap,
        },
        count: mark.count,
        sent_at: id.is_some().then(|| due.saturating_add(mark.late)),
        state: brief.map(|brief| task::state(brief.phase(now.timestamp_millis()))),
        runtime: brief.and_then(|brief| brief.runtime),
        id: id.map(|id| id.to_string()),
    }
}

fn origin(origin: &Origin) -> ScheduleOrigin {
    match origin {
        Origin::File { path, node } => ScheduleOrigin::File { path: path.clone(), node: node.clone() },
        Origin::Code { node } => ScheduleOrigin::Code { node: node.clone() },
        Origin::Stored => ScheduleOrigin::Stored,
    }
}

pub(crate) fn scheduler(standing: Standing, zone: Tz, beats: Vec<Sighting>) -> SchedulerStanding {
    let beat = |sighting: Sighting| CeleryBeat {
        origin: sighting.origin,
        task: sighting.task,
        seen: sighting.seen.timestamp_millis(),
    };
    SchedulerStanding {
        leader: standing.leader,
        is_us: standing.is_us,
        zone: zone.name().to_owned(),
        beats: beats.into_iter().map(beat).collect(),
    }
}

pub(crate) fn field_mistake(mistake: &Mistake) -> FieldMistake {
    FieldMistake { field: mistake.field.clone(), sentence: mistake.sentence.clone() }
}

/// A mistake as a whole sentence.
pub(crate) fn sentence(mistake: &FieldMistake) -> String {
    let field = if mistake.field.is_empty() { "the entry" } else { &mistake.field };
    let end = if mistake.sentence.ends_with(['?', '.', '!']) { "" } else { "." };
    format!("{field} {}{end}", mistake.sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().expect("a moment")
    }

    fn at(text: &str, shift: Option<Shift>, shown: Tz) -> Upcoming {
        upcoming(Occurrence { at: moment(text), shift }, Tz::Europe__Berlin, shown)
    }

    #[test]
    fn a_moment_is_told_on_the_clock_of_the_zone_that_was_asked_for() {
        let berlin = at("2026-11-23T08:00:00Z", None, Tz::Europe__Berlin);
        assert_eq!((berlin.local.as_str(), berlin.note), ("Mon 23 Nov 2026 09:00:00 CET", None));
        let tokyo = at("2026-11-23T08:00:00.500Z", None, Tz::Asia__Tokyo);
        assert_eq!(tokyo.local, "Mon 23 Nov 2026 17:00:00.500 JST");
        assert_eq!(tokyo.at, 1_795_420_800_500);
    }

    #[test]
    fn what_daylight_saving_time_does_is_told_in_the_entrys_own_zone() {
        let meant = "2027-03-28T02:30:00".parse().expect("a wall time");
        let skipped = at("2027-03-28T01:30:00Z", Some(Shift::Skipped { meant }), Tz::UTC);
        assert_eq!(
            skipped.note.as_deref(),
            Some(
                "02:30 does not exist in Europe/Berlin on that day, because the clock is put forward; it runs at \
                 03:30 there."
            )
        );
        let repeated = at("2026-10-25T00:30:00Z", Some(Shift::Repeated), Tz::UTC);
        assert_eq!(
            repeated.note.as_deref(),
            Some(
                "02:30 comes twice in Europe/Berlin on that day, because the clock is put back; it runs the first \
                 time."
            )
        );
    }

    #[test]
    fn a_mistake_is_a_whole_sentence() {
        let told = |field: &str, text: &str| {
            sentence(&FieldMistake { field: field.to_owned(), sentence: text.to_owned() })
        };
        assert_eq!(told("task", "is empty"), "task is empty.");
        assert_eq!(
            told("tsak", "is no part of it; did you mean task?"),
            "tsak is no part of it; did you mean task?"
        );
        assert_eq!(told("", "is larger than 256 KiB"), "the entry is larger than 256 KiB.");
    }

    #[test]
    fn as_much_of_a_broken_entry_is_shown_as_can_be_made_out() {
        let shown = Shown::of_broken(
            &json!({"task": "a", "schedule": {"crontab": {"minute": 61}}, "options": {"queue": 3}}),
            Tz::Asia__Tokyo,
        );
        assert_eq!((shown.task.as_str(), shown.queue, shown.zone.as_str()), ("a", None, "Asia/Tokyo"));
        assert_eq!(shown.written, "{\"crontab\":{\"minute\":61}}");
        let none = Shown::of_broken(&json!("nothing"), Tz::UTC);
        assert_eq!((none.task.as_str(), none.written.as_str(), none.zone.as_str()), ("", "", "UTC"));
    }
}
