//! What comes of running a task, and how a handler's return value becomes it.

use super::error::TaskError;
use super::options::TaskOptions;
use crate::protocol::result;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use std::time::Duration;

/// What comes of running a task once.
#[derive(Debug)]
pub enum Outcome {
    /// The value it returned, as JSON.
    Success(Box<RawValue>),
    Failure(TaskError),
    /// Run it again later.
    Retry(Retry),
    /// Store nothing: whatever is known of the task stays as it is.
    Ignore,
    /// Refuse the message: back into its queue, or a failure.
    Reject {
        requeue: bool,
    },
}

impl Outcome {
    /// A success with this value, or the failure to write it as JSON.
    pub fn success<T: Serialize + ?Sized>(value: &T) -> Self {
        match result::raw(value) {
            Ok(json) => Self::Success(json),
            Err(error) => Self::Failure(TaskError::encode(&error)),
        }
    }

    pub(crate) fn is_success(&self) -> bool {
        matches!(self, Self::Success(_))
    }

    /// The word for it; for those that are exceptions in Celery, the exception's name.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Success(_) => "Success",
            Self::Failure(_) => "Failure",
            Self::Retry(_) => "Retry",
            Self::Ignore => "Ignore",
            Self::Reject { .. } => "Reject",
        }
    }
}

impl From<TaskError> for Outcome {
    fn from(error: TaskError) -> Self {
        error.into_outcome()
    }
}

impl From<Retry> for Outcome {
    fn from(retry: Retry) -> Self {
        Self::Retry(retry)
    }
}

/// A wish to be run again. What it does not say comes from the task's options.
///
/// ```
/// use umbel::task::{Retry, TaskError};
///
/// fn answer(status: u16) -> Result<u16, TaskError> {
///     match status {
///         503 => Err(Retry::new().countdown(30).cause(TaskError::new("ConnectionError", "busy")).into()),
///         status => Ok(status),
///     }
/// }
/// assert!(answer(503).is_err());
/// ```
#[derive(Debug, Default)]
pub struct Retry {
    delay: Delay,
    cause: Option<TaskError>,
    max_retries: Option<Option<u32>>,
}

#[derive(Debug, Default)]
enum Delay {
    #[default]
    OfOptions,
    Seconds(f64),
    Until(DateTime<Utc>),
}

/// Nobody waits a century; this keeps a made-up number inside of the calendar.
const LONGEST_DELAY: f64 = 100.0 * 365.0 * 86_400.0;

impl Retry {
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits this many seconds instead of the task's `retry_delay`. Below zero is at once.
    pub fn countdown(mut self, seconds: impl Into<f64>) -> Self {
        self.delay = Delay::Seconds(seconds.into());
        self
    }

    /// Waits until this moment.
    pub fn eta(mut self, moment: DateTime<Utc>) -> Self {
        self.delay = Delay::Until(moment);
        self
    }

    /// Why it has to be run again. This is what the task fails with when no retry is left.
    #[track_caller]
    pub fn cause(mut self, error: impl Into<TaskError>) -> Self {
        self.cause = Some(error.into());
        self
    }

    /// How often in all, instead of the task's `max_retries`. `None` is without end.
    pub fn max_retries(mut self, most: impl Into<Option<u32>>) -> Self {
        self.max_retries = Some(most.into());
        self
    }

    /// When the next attempt becomes due.
    pub fn due(&self, now: DateTime<Utc>, options: &TaskOptions) -> DateTime<Utc> {
        let seconds = match self.delay {
            Delay::Until(moment) => return moment,
            Delay::Seconds(seconds) => seconds,
            Delay::OfOptions => options.retry_delay.as_secs_f64(),
        };
        // NaN is not above zero, so it counts as no delay at all.
        let bounded = if seconds > 0.0 { seconds.min(LONGEST_DELAY) } else { 0.0 };
        let delay = TimeDelta::from_std(Duration::from_secs_f64(bounded)).unwrap_or(TimeDelta::MAX);
        now.checked_add_signed(delay).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Whether a task that was already retried this often may be retried once more.
    pub fn is_allowed(&self, retries: u32, options: &TaskOptions) -> bool {
        self.max_retries.unwrap_or(options.max_retries).is_none_or(|most| retries < most)
    }

    /// Why it has to be run again, if the task said so.
    pub fn cause_ref(&self) -> Option<&TaskError> {
        self.cause.as_ref()
    }

    /// Why it has to be run again, to fail with.
    pub fn into_cause(self) -> Option<TaskError> {
        self.cause
    }
}

/// What a handler may return.
///
/// - `Result<T, E>` of anything serialisable, with [`TaskError`] or any other error;
/// - [`Outcome`], [`Retry`], or `Result<Outcome, E>` for everything else a task can end with;
/// - `()`, and plain strings, numbers, booleans, lists, options and JSON values, for tasks that cannot fail.
///
/// A struct of yours is returned as `Ok(value)`: a plain one cannot be told from a `Result` by the compiler.
#[diagnostic::on_unimplemented(
    message = "a task cannot return `{Self}`",
    label = "not something a task can return",
    note = "return `Result<T, TaskError>` with a `T: Serialize` (a plain struct goes into `Ok(..)`), `Outcome`, or `()`"
)]
pub trait IntoOutcome {
    fn into_outcome(self) -> Outcome;
}

impl IntoOutcome for Outcome {
    fn into_outcome(self) -> Outcome {
        self
    }
}

impl IntoOutcome for Retry {
    fn into_outcome(self) -> Outcome {
        Outcome::Retry(self)
    }
}

impl<T: Serialize, E: Into<TaskError>> IntoOutcome for Result<T, E> {
    fn into_outcome(self) -> Outcome {
        match self {
            Ok(value) => Outcome::success(&value),
            Err(error) => error.into().into_outcome(),
        }
    }
}

impl<E: Into<TaskError>> IntoOutcome for Result<Outcome, E> {
    fn into_outcome(self) -> Outcome {
        self.unwrap_or_else(|error| error.into().into_outcome())
    }
}

impl<T: Serialize> IntoOutcome for Vec<T> {
    fn into_outcome(self) -> Outcome {
        Outcome::success(&self)
    }
}

impl<T: Serialize> IntoOutcome for Option<T> {
    fn into_outcome(self) -> Outcome {
        Outcome::success(&self)
    }
}

macro_rules! returns {
    ($($plain:ty),* $(,)?) => {
        $(impl IntoOutcome for $plain {
            fn into_outcome(self) -> Outcome {
                Outcome::success(&self)
            }
        })*
    };
}

returns!(
    (),
    bool,
    i8,
    i16,
    i32,
    i64,
    u8,
    u16,
    u32,
    u64,
    usize,
    f32,
    f64,
    String,
    &'static str,
    serde_json::Value,
    Box<RawValue>,
);
