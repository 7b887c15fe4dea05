//! A schedule, as a row of a list and with all that is known of it, and what the schedules come to.

use super::moment;
use app::view::{
    self, CalendarDay, CeleryBeat, FieldMistake, RunKind, RunMark, ScheduleCalendar, ScheduleOrigin,
    SchedulePreview, ScheduleRow, ScheduleStanding, SchedulerStanding, TaskState, Upcoming,
};
use serde::Serialize;
use serde_json::Value;

#[derive(Debug, Serialize)]
pub(crate) struct Schedule {
    name: String,
    task: String,
    /// The queue its options name.
    queue: Option<String>,
    /// When it is due, for people.
    words: String,
    /// When it is due, as it was written.
    written: String,
    timezone: String,
    origin: ScheduleOrigin,
    /// `active`, `paused`, `done` or `broken`.
    standing: &'static str,
    /// Why it is broken.
    error: Option<String>,
    /// Something to know that does not keep it from running.
    warning: Option<String>,
    /// The next moments, up to three.
    next: Vec<String>,
    /// What became of its newest occurrences, oldest first.
    runs: Vec<Run>,
    sent: u64,
    passed: u64,
}

#[derive(Debug, Serialize)]
struct Run {
    due: Option<String>,
    kind: RunKind,
    /// How many occurrences this stands for.
    count: u64,
    id: Option<String>,
    sent_at: Option<String>,
    state: Option<TaskState>,
    /// Seconds.
    runtime: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ScheduleDetail {
    #[serde(flatten)]
    schedule: Schedule,
    /// The entry as it is written.
    definition: Value,
    upcoming: Vec<Moment>,
    now: Option<String>,
}

#[derive(Debug, Serialize)]
struct Moment {
    at: Option<String>,
    /// On the clock of the zone.
    local: String,
    /// What daylight saving time does to it.
    note: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Preview {
    words: String,
    upcoming: Vec<Moment>,
    mistakes: Vec<FieldMistake>,
}

/// Who runs the schedules.
#[derive(Debug, Serialize)]
pub(crate) struct Scheduler {
    leader: Option<String>,
    /// Whether that is the process that answers.
    is_us: bool,
    timezone: String,
    celery_beats: Vec<Beat>,
}

#[derive(Debug, Serialize)]
struct Beat {
    origin: String,
    task: String,
    seen: Option<String>,
}

/// How many tasks the schedules will send.
#[derive(Debug, Serialize)]
pub(crate) struct Calendar {
    timezone: String,
    days: Vec<Day>,
}

#[derive(Debug, Serialize)]
struct Day {
    date: String,
    start: Option<String>,
    hours: Vec<Hour>,
}

#[derive(Debug, Serialize)]
struct Hour {
    runs: u64,
    /// Seconds of work to expect.
    work: Option<f64>,
    most: Vec<String>,
}

impl From<ScheduleRow> for Schedule {
    fn from(row: ScheduleRow) -> Self {
        let (standing, error) = match row.standing {
            ScheduleStanding::Active => ("active", None),
            ScheduleStanding::Paused => ("paused", None),
            ScheduleStanding::Done => ("done", None),
            ScheduleStanding::Broken { sentence } => ("broken", Some(sentence)),
        };
        Self {
            name: row.name,
            task: row.task,
            queue: row.queue,
            words: row.words,
            written: row.written,
            timezone: row.zone,
            origin: row.origin,
            standing,
            error,
            warning: row.warning,
            next: row.next.into_iter().filter_map(|at| moment(Some(at))).collect(),
            runs: row.marks.into_iter().map(Run::from).collect(),
            sent: row.sent,
            passed: row.passed,
        }
    }
}

impl From<RunMark> for Run {
    fn from(mark: RunMark) -> Self {
        Self {
            due: moment(Some(mark.due)),
            kind: mark.kind,
            count: mark.count,
            id: mark.id,
            sent_at: moment(mark.sent_at),
            state: mark.state,
            runtime: mark.runtime,
        }
    }
}

impl From<view::ScheduleDetail> for ScheduleDetail {
    fn from(detail: view::ScheduleDetail) -> Self {
        // It was written out for people; one that is no JSON is told as the text it is.
        let definition = serde_json::from_str(&detail.definition);
        Self {
            schedule: detail.row.into(),
            definition: definition.unwrap_or(Value::String(detail.definition)),
            upcoming: detail.upcoming.into_iter().map(Moment::from).collect(),
            now: moment(Some(detail.now)),
        }
    }
}

impl From<Upcoming> for Moment {
    fn from(upcoming: Upcoming) -> Self {
        Self { at: moment(Some(upcoming.at)), local: upcoming.local, note: upcoming.note }
    }
}

impl From<SchedulePreview> for Preview {
    fn from(preview: SchedulePreview) -> Self {
        Self {
            words: preview.words,
            upcoming: preview.upcoming.into_iter().map(Moment::from).collect(),
            mistakes: preview.mistakes,
        }
    }
}

impl From<SchedulerStanding> for Scheduler {
    fn from(standing: SchedulerStanding) -> Self {
        Self {
            leader: standing.leader,
            is_us: standing.is_us,
            timezone: standing.zone,
            celery_beats: standing.beats.into_iter().map(Beat::from).collect(),
        }
    }
}

impl From<CeleryBeat> for Beat {
    fn from(beat: CeleryBeat) -> Self {
        Self { origin: beat.origin, task: beat.task, seen: moment(Some(beat.seen)) }
    }
}

impl From<ScheduleCalendar> for Calendar {
    fn from(calendar: ScheduleCalendar) -> Self {
        Self { timezone: calendar.zone, days: calendar.days.into_iter().map(Day::from).collect() }
    }
}

impl From<CalendarDay> for Day {
    fn from(day: CalendarDay) -> Self {
        let hour = |hour: view::CalendarHour| Hour { runs: hour.runs, work: hour.work, most: hour.most };
        Self {
            date: day.date,
            start: moment(Some(day.start)),
            hours: day.hours.into_iter().map(hour).collect(),
        }
    }
}
