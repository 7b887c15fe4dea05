//! The nouns of the dashboard, as plain data. Times are milliseconds since the Unix epoch ([`Millis`]).

mod live;
mod overview;
mod page;
mod queue;
mod schedule;
mod session;
mod state;
mod task;
mod worker;

pub use live::LiveFrame;
pub use overview::{Health, NameSummary, Overview, Problem, SeriesPoint, Span, Tiles};
pub use page::{Cursor, Page};
pub use queue::{QueueDetail, QueueRow, WaitingTask};
pub use schedule::{
    CalendarDay, CalendarHour, CeleryBeat, FieldMistake, RunKind, RunMark, ScheduleCalendar, ScheduleDetail,
    ScheduleFilter, ScheduleForm, ScheduleOrigin, SchedulePage, SchedulePreview, ScheduleRow, ScheduleSort,
    ScheduleStanding, SchedulerStanding, StandingFilter, Upcoming,
};
pub use session::{BrokerStanding, Reach, Session};
pub use state::TaskState;
pub use task::{
    Acted, Attempt, NewTask, Progress, RegisteredTask, TaskDetail, TaskFilter, TaskRow, TaskSort,
    TimelineEntry,
};
pub use worker::{
    ConsumedQueue, HeldTask, Inspection, KnownTask, RunningTask, WorkerAct, WorkerDetail, WorkerRow,
};

/// A moment: milliseconds since the Unix epoch, UTC.
pub type Millis = i64;
