//! What a running task knows of itself, and how it speaks to the outside while it runs.

use super::error::TaskError;
use super::soft_limit::SoftLimit;
use crate::client::Client;
use crate::protocol::{Headers, State, TaskId, result};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// The running task: who it is, how to tell how far it is, and whether it should stop. Cheap to clone.
///
/// ```
/// # use umbel::task::{Context, TaskError};
/// async fn index(context: Context) -> Result<u32, TaskError> {
///     for page in 0..100 {
///         if context.is_cancelled() {
///             return Ok(page);
///         }
///         context.progress(serde_json::json!({"current": page, "total": 100})).await?;
///     }
///     Ok(100)
/// }
/// # let _ = umbel::task::Tasks::new().task("demo.index", index).build().unwrap();
/// ```
#[derive(Clone)]
pub struct Context(Arc<ContextParts>);

/// What a context is made of; the worker hands it in.
#[derive(Clone)]
pub struct ContextParts {
    pub headers: Arc<Headers>,
    /// The queue the message came from.
    pub queue: String,
    /// Whether somebody held the message before and did not finish.
    pub redelivered: bool,
    /// When a time limit ends the task.
    pub deadline: Option<DateTime<Utc>>,
    /// Where progress and custom states go.
    pub updates: mpsc::Sender<Update>,
    /// Cancelled when the task should stop.
    pub cancel: CancellationToken,
    /// By which the worker tells of the soft time limit.
    pub soft_limit: Arc<SoftLimit>,
    /// By which the task sends others.
    pub client: Option<Client>,
}

/// A state a task gave itself while it runs.
#[derive(Clone, Debug)]
pub struct Update {
    pub id: TaskId,
    pub state: State,
    pub meta: Box<RawValue>,
}

/// Words that are Celery's own: a state under one of them, or an event `task-<word>`, would be taken for the real one.
const RESERVED: &[&str] = &[
    "PENDING",
    "RECEIVED",
    "STARTED",
    "SUCCESS",
    "FAILURE",
    "RETRY",
    "REVOKED",
    "REJECTED",
    "IGNORED",
    "SENT",
    "SUCCEEDED",
    "FAILED",
    "RETRIED",
    "CANCELLED",
];
const LONGEST_STATE: usize = 64;

impl Context {
    pub fn new(parts: ContextParts) -> Self {
        Self(Arc::new(parts))
    }

    /// The same running task while it calls another one in its own process.
    pub(crate) fn calling(&self, task: &str) -> Self {
        let headers = Headers { task: task.to_owned(), ..Headers::clone(&self.0.headers) };
        Self::new(ContextParts { headers: Arc::new(headers), ..ContextParts::clone(&self.0) })
    }

    pub fn id(&self) -> &TaskId {
        &self.0.headers.id
    }

    /// The task's name.
    pub fn name(&self) -> &str {
        &self.0.headers.task
    }

    /// How often it was retried before this attempt.
    pub fn retries(&self) -> u32 {
        self.0.headers.retries
    }

    /// The queue it came from.
    pub fn queue(&self) -> &str {
        &self.0.queue
    }

    /// The task all of its kin descend from.
    pub fn root_id(&self) -> Option<&TaskId> {
        self.0.headers.root_id.as_ref()
    }

    /// The task that sent this one.
    pub fn parent_id(&self) -> Option<&TaskId> {
        self.0.headers.parent_id.as_ref()
    }

    /// When it was meant to run.
    pub fn eta(&self) -> Option<DateTime<Utc>> {
        self.0.headers.eta
    }

    /// After when it is no longer worth running.
    pub fn expires(&self) -> Option<DateTime<Utc>> {
        self.0.headers.expires
    }

    /// All headers of the message, also those we do not know.
    pub fn headers(&self) -> &Headers {
        &self.0.headers
    }

    /// Whether somebody held the message before and did not finish: the task may have run in part already.
    pub fn is_redelivered(&self) -> bool {
        self.0.redelivered
    }

    /// When a time limit ends the task.
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        self.0.deadline
    }

    /// By which the task sends others; `None` where there is nobody to send to, as in a test.
    pub fn client(&self) -> Option<&Client> {
        self.0.client.as_ref()
    }

    /// Tells how far the task is. The dashboard draws a bar for `{"current": .., "total": ..}`.
    ///
    /// Waits while earlier updates are still on their way, so that a chatty task slows down instead of filling memory.
    pub fn progress(&self, meta: impl Serialize) -> impl Future<Output = Result<(), TaskError>> + Send {
        self.deliver(self.update(Ok(State::progress()), &meta))
    }

    /// Puts the task into a state of its own, such as `UPLOADING`. Celery's own words are refused.
    pub fn update_state(
        &self,
        state: &str,
        meta: impl Serialize,
    ) -> impl Future<Output = Result<(), TaskError>> + Send {
        self.deliver(self.update(custom_state(state), &meta))
    }

    /// Completes when the task should stop. Meant for `tokio::select!`.
    pub async fn cancelled(&self) {
        self.0.cancel.cancelled().await;
    }

    /// Whether the task should stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancel.is_cancelled()
    }

    /// Completes at the soft time limit, with the error Celery raises there. Meant for `tokio::select!`.
    ///
    /// A task that has never asked for it is ended by the soft limit. One that has may go on, to tidy up and to say
    /// how far it came, until the hard limit.
    ///
    /// ```
    /// # use umbel::task::{Context, TaskError};
    /// # async fn work() -> u32 { 1 }
    /// # async fn keep_what_is_done() {}
    /// async fn long(context: Context) -> Result<u32, TaskError> {
    ///     tokio::select! {
    ///         done = work() => Ok(done),
    ///         late = context.soft_limit_reached() => {
    ///             keep_what_is_done().await;
    ///             Err(late)
    ///         }
    ///     }
    /// }
    /// # let _ = umbel::task::Tasks::new().task("demo.long", long).build().unwrap();
    /// ```
    pub async fn soft_limit_reached(&self) -> TaskError {
        self.0.soft_limit.reached().await;
        TaskError::soft_time_limit()
    }

    /// Whether the soft time limit is over; for computations that ask now and then. Asking is listening, as with
    /// [`soft_limit_reached`](Self::soft_limit_reached).
    pub fn is_soft_limit_reached(&self) -> bool {
        self.0.soft_limit.is_reached()
    }

    /// The soft time limit is over. Says whether the task deals with that by itself.
    pub(crate) fn reach_soft_limit(&self) -> bool {
        self.0.soft_limit.reach()
    }

    fn update(&self, state: Result<State, TaskError>, meta: &impl Serialize) -> Result<Update, TaskError> {
        let meta = result::raw(meta).map_err(|error| TaskError::encode(&error))?;
        Ok(Update { id: self.id().clone(), state: state?, meta })
    }

    /// The update is already written when this is first awaited, so that the meta need not be `Send`.
    async fn deliver(&self, update: Result<Update, TaskError>) -> Result<(), TaskError> {
        // Nobody left to hear it is no reason for the task to fail.
        let _ = self.0.updates.send(update?).await;
        Ok(())
    }
}

fn custom_state(word: &str) -> Result<State, TaskError> {
    let plain = word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    if word.is_empty() || word.len() > LONGEST_STATE || !plain {
        return Err(TaskError::new("ValueError", format!("{word:?} cannot name a state")));
    }
    if RESERVED.iter().any(|own| own.eq_ignore_ascii_case(word)) {
        return Err(TaskError::new("ValueError", format!("the state {word:?} is one of Celery's own")));
    }
    Ok(State::Custom(Arc::from(word)))
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("id", self.id())
            .field("name", &self.name())
            .field("retries", &self.retries())
            .field("queue", &self.0.queue)
            .finish_non_exhaustive()
    }
}
