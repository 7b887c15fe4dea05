//! Server functions by noun: each checks its input and asks a port, nothing more.
//!
//! In the browser the same names are the calls; errors arrive there as [`crate::ApiError`], typed.

#[cfg(feature = "ssr")]
mod acted;
mod form;
pub mod overview;
pub mod queues;
pub mod session;
mod status;
pub mod tasks;
mod wire;
pub mod workers;

pub use form::{TaskForm, WrongField};
pub use overview::{GetOverview, get_overview};
pub use queues::{ListQueues, list_queues};
pub use session::{GetSession, get_session};
pub use status::{answer_with_status, form_error};
pub use tasks::{
    CancelTasks, GetTask, ListTasks, RegisteredTasks, RetryTasks, SendTask, cancel_tasks, get_task,
    list_tasks, registered_tasks, retry_tasks, send_task,
};
pub use workers::{GetWorker, ListWorkers, get_worker, list_workers};
