//! The ports by which a server function asks the product for data: one small trait per noun.
//!
//! They speak only [`crate::view`] types and [`ApiError`], so pages render in tests on fixed rows.

use crate::error::ApiError;
use crate::view::{
    Acted, BrokerStanding, Inspection, NewTask, Overview, Page, QueueDetail, QueueRow, RegisteredTask,
    ScheduleCalendar, ScheduleDetail, ScheduleFilter, SchedulePage, SchedulePreview, Session, Span,
    TaskDetail, TaskFilter, TaskRow, WorkerAct, WorkerDetail, WorkerRow,
};
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// What a port answers with, some time later.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, ApiError>> + Send + 'a>>;

/// Everything the pages can ask and do, bundled for `provide_context`.
#[derive(Clone)]
pub struct Backend {
    pub tasks: Arc<dyn TaskPort>,
    pub workers: Arc<dyn WorkerPort>,
    pub queues: Arc<dyn QueuePort>,
    pub schedules: Arc<dyn SchedulePort>,
    pub overview: Arc<dyn OverviewPort>,
    pub session: Arc<dyn SessionPort>,
}

pub trait TaskPort: Send + Sync {
    fn list(&self, filter: TaskFilter) -> Reply<'_, Page<TaskRow>>;
    fn get(&self, id: String) -> Reply<'_, TaskDetail>;
    fn registered(&self) -> Reply<'_, Vec<RegisteredTask>>;
    /// Sends the tasks and answers with their ids, in the same order. All or none.
    fn send(&self, tasks: Vec<NewTask>) -> Reply<'_, Vec<String>>;
    /// Revokes what waits, terminates what runs.
    fn cancel(&self, ids: Vec<String>) -> Reply<'_, Vec<Acted>>;
    /// Sends each again as a new task with the same full arguments.
    fn retry(&self, ids: Vec<String>) -> Reply<'_, Vec<Acted>>;
}

pub trait WorkerPort: Send + Sync {
    fn list(&self) -> Reply<'_, Vec<WorkerRow>>;
    fn get(&self, name: String) -> Reply<'_, WorkerDetail>;
    /// Asks the worker itself, and waits at most so long for what it says.
    fn inspect(&self, name: String, patience: Duration) -> Reply<'_, Inspection>;
    /// Asks it to do something, and answers with its own words.
    fn act(&self, name: String, act: WorkerAct) -> Reply<'_, String>;
}

pub trait QueuePort: Send + Sync {
    fn list(&self) -> Reply<'_, Vec<QueueRow>>;
    /// A queue that nobody knows is an empty one: queues exist by being used.
    fn get(&self, name: String, offset: u64) -> Reply<'_, QueueDetail>;
    /// Drops everything that waits in it, and answers how many messages that were.
    fn purge(&self, name: String) -> Reply<'_, u64>;
}

/// What runs at its time. An entry is written as in the configuration file, as JSON.
pub trait SchedulePort: Send + Sync {
    fn list(&self, filter: ScheduleFilter) -> Reply<'_, SchedulePage>;
    fn get(&self, name: String) -> Reply<'_, ScheduleDetail>;
    /// Stores an entry: a new one, or in place of the one that has that name now.
    fn put(&self, name: String, definition: Value, instead_of: Option<String>) -> Reply<'_, ()>;
    fn remove(&self, name: String) -> Reply<'_, ()>;
    fn pause(&self, name: String, paused: bool) -> Reply<'_, ()>;
    /// Sends its task at once, with the entry's own options, and answers with the task's id.
    fn run_now(&self, name: String) -> Reply<'_, String>;
    /// What such an entry would do, its next ten moments told in this zone (its own where that is empty).
    fn preview(&self, definition: Value, zone: String) -> Reply<'_, SchedulePreview>;
    /// Seven days from now on.
    fn calendar(&self, zone: String) -> Reply<'_, ScheduleCalendar>;
}

pub trait OverviewPort: Send + Sync {
    fn get(&self, span: Span) -> Reply<'_, Overview>;
}

pub trait SessionPort: Send + Sync {
    fn get(&self) -> Reply<'_, Session>;
    fn broker(&self) -> Reply<'_, BrokerStanding>;
}
