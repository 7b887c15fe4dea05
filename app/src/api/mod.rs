//! Server functions by noun: each checks its input and asks a port, nothing more.
//!
//! In the browser the same names are the calls; errors arrive there as [`crate::ApiError`], typed.

#[cfg(feature = "ssr")]
mod acted;
mod form;
pub mod overview;
pub mod queues;
pub mod schedule_form;
pub mod schedules;
pub mod session;
mod status;
pub mod tasks;
mod wire;
mod worker_form;
pub mod workers;

pub use form::{TaskForm, WrongField};
pub use overview::{GetOverview, get_overview};
pub use queues::{GetQueue, ListQueues, PurgeQueue, get_queue, list_queues, purge_queue, purged};
pub use schedule_form::{
    Glance, OpenScheduleForm, OpenedForm, PreviewSchedule, PutSchedule, mistakes_in, open_schedule_form,
    preview_schedule, put_schedule,
};
pub use schedules::{
    GetSchedule, ListSchedules, PauseSchedule, RemoveSchedule, RunSchedule, get_schedule, list_schedules,
    pause_schedule, remove_schedule, run_schedule, schedule_calendar,
};
pub use session::{GetBroker, GetSession, get_broker, get_session};
pub use status::{answer_with_status, form_error, form_told};
pub use tasks::{
    CancelTasks, GetTask, ListTasks, RegisteredTasks, RetryTasks, SendTask, cancel_tasks, get_task,
    list_tasks, registered_tasks, retry_tasks, send_task,
};
pub use worker_form::WorkerForm;
pub use workers::{
    ControlWorker, GetWorker, InspectWorker, ListWorkers, control_worker, get_worker, inspect_worker,
    list_workers,
};
