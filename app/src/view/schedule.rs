use super::{Millis, TaskState};
use serde::{Deserialize, Serialize};

/// A schedule's entry as a row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScheduleRow {
    pub name: String,
    pub task: String,
    /// The queue its options name.
    pub queue: Option<String>,
    /// When it is due, in words: "every 10 minutes", "at 09:00 on weekdays".
    pub words: String,
    /// When it is due, as it was written: "*/10 * * * *", "30s".
    pub written: String,
    /// The zone its wall times are in: "Europe/Berlin".
    pub zone: String,
    pub origin: ScheduleOrigin,
    pub standing: ScheduleStanding,
    /// Something to know that does not keep it from running: no worker has registered the task, a `celery beat`
    /// sends the same one.
    pub warning: Option<String>,
    /// The next moments at which it is due, up to three. None while it is paused, done or broken.
    pub next: Vec<Millis>,
    /// What became of its newest occurrences, oldest first, up to thirty.
    pub marks: Vec<RunMark>,
    /// How many tasks it has sent.
    pub sent: u64,
    /// How many occurrences have passed without a task, whatever the reason.
    pub passed: u64,
}

/// Who brought an entry. Only those that are stored can be edited and deleted; all can be paused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ScheduleOrigin {
    /// The configuration file of a process.
    File { path: String, node: String },
    /// The code of a program.
    Code { node: String },
    /// Somebody added it, here or by the API.
    Stored,
}

/// Whether an entry does anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ScheduleStanding {
    Active,
    Paused,
    /// It is never due again.
    Done,
    /// It cannot be understood; the others are not harmed by that.
    Broken {
        sentence: String,
    },
}

/// One or more occurrences, and what became of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunMark {
    /// When it was due; of several the last one.
    pub due: Millis,
    pub kind: RunKind,
    /// How many occurrences this mark stands for.
    pub count: u64,
    /// The task that was sent.
    pub id: Option<String>,
    /// When it was sent.
    pub sent_at: Option<Millis>,
    /// What became of the task, where history knows it.
    pub state: Option<TaskState>,
    /// Seconds it ran.
    pub runtime: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// Sent within a second.
    OnTime,
    /// Sent later than that.
    Late,
    /// Somebody asked for it.
    ByHand,
    /// Nobody was there when it was due, and its policy is not to make up for it.
    Missed,
    /// Not sent, because as many as may still ran.
    Overlap,
}

/// Which entries of the list, and which page of them. The state of the page's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScheduleFilter {
    /// A part of the name or of the task.
    pub search: String,
    pub standing: Option<StandingFilter>,
    pub sort: ScheduleSort,
    /// Entries before the first one that is shown.
    pub offset: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingFilter {
    Active,
    Paused,
    Done,
    Broken,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleSort {
    /// What is due first comes first.
    #[default]
    Next,
    Name,
    /// What was sent last comes first.
    Last,
}

/// A page of the list, and how the scheduler itself is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchedulePage {
    pub rows: Vec<ScheduleRow>,
    /// How many entries match.
    pub total: u64,
    /// How many there are.
    pub unfiltered: u64,
    pub scheduler: SchedulerStanding,
    pub now: Millis,
}

/// Who runs the schedules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchedulerStanding {
    /// The process that leads; `None` while nobody is known to.
    pub leader: Option<String>,
    /// Whether that is the one that answers.
    pub is_us: bool,
    /// The zone of entries that name none.
    pub zone: String,
    /// Those of Celery that send scheduled tasks beside us.
    pub beats: Vec<CeleryBeat>,
}

/// A `celery beat` that has been noticed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CeleryBeat {
    /// `gen8177@host`, as its messages name their origin.
    pub origin: String,
    /// The task it was seen with last.
    pub task: String,
    pub seen: Millis,
}

/// One entry with all that is known about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScheduleDetail {
    pub row: ScheduleRow,
    /// What a form shows of it. `None` where it cannot be understood.
    pub form: Option<ScheduleForm>,
    /// The entry as it is written, JSON on several lines.
    pub definition: String,
    /// The next ten.
    pub upcoming: Vec<Upcoming>,
    pub now: Millis,
}

/// An entry as a form has it: all text, as a person typed it. An empty field is a field left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScheduleForm {
    pub name: String,
    pub task: String,
    /// `crontab`, `interval`, `solar` or `once`.
    pub kind: String,
    /// Five fields: minute, hour, day of month, month, day of week.
    pub crontab: String,
    /// `30s`, `1h 30m`, or seconds.
    pub every: String,
    /// Not empty: runs at the whole minute, hour or day.
    pub relative: String,
    /// `sunrise`, `dusk_civil` and so on.
    pub event: String,
    pub latitude: String,
    pub longitude: String,
    /// An ISO 8601 moment; without an offset it is in the entry's zone.
    pub at: String,
    pub timezone: String,
    /// A JSON array.
    pub args: String,
    /// A JSON object.
    pub kwargs: String,
    pub queue: String,
    pub priority: String,
    /// Seconds after which a task that has not started is dropped.
    pub expires: String,
    /// Celery's other options, a JSON object.
    pub options: String,
    /// `once`, `skip` or `all`.
    pub missed: String,
    /// With `all`: how many at most.
    pub missed_limit: String,
    pub max_running: String,
    /// Not empty: it is stored, but never due.
    pub disabled: String,
}

/// A moment at which an entry will be due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upcoming {
    pub at: Millis,
    /// The wall time in the entry's zone: "Mon 23 Nov 2026 09:00:00 CET".
    pub local: String,
    /// What daylight saving time does to it, in a sentence.
    pub note: Option<String>,
}

/// What an entry would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchedulePreview {
    pub words: String,
    pub upcoming: Vec<Upcoming>,
    /// What is wrong. When it is due is told all the same, if that can be read.
    pub mistakes: Vec<FieldMistake>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldMistake {
    /// Where it stands in the entry: `task`, `schedule`, `options.queue`.
    pub field: String,
    pub sentence: String,
}

/// How many tasks all active entries will send, by day and hour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScheduleCalendar {
    /// The zone the days and hours are in.
    pub zone: String,
    pub days: Vec<CalendarDay>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalendarDay {
    /// `2026-11-23`
    pub date: String,
    /// When the day begins.
    pub start: Millis,
    /// One for each hour on the clock, 0 to 23. An hour that daylight saving time leaves out is empty; one that it
    /// repeats counts both.
    pub hours: Vec<CalendarHour>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CalendarHour {
    pub runs: u64,
    /// Seconds of work expected of them, going by how long these tasks ran before; `None` where nothing is known.
    pub work: Option<f64>,
    /// The names of those that run most, up to three.
    pub most: Vec<String>,
}
