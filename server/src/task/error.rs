//! Why a task ended without a value.
//!
//! A failure is kept as Python would keep an exception: a type, a module, a message and a traceback, because that is
//! what every reader of results understands. Where it happened is the place of the `?` that let it through.

use super::outcome::{Outcome, Retry};
use crate::protocol::Exception;
use serde_json::json;
use std::any::Any;
use std::error::Error;
use std::fmt::{self, Write};
use std::io;
use std::panic::Location;

/// The error of a task. `?` makes one from any error.
///
/// It deliberately does not implement [`Error`] itself: that is what allows the conversion from all others.
///
/// ```
/// use umbel::task::TaskError;
///
/// fn port(text: &str) -> Result<u16, TaskError> {
///     Ok(text.parse()?)
/// }
///
/// let error = port("http").unwrap_err();
/// assert_eq!(error.exc_type(), "ParseIntError");
/// assert_eq!(error.message(), "invalid digit found in string");
/// assert!(error.traceback().starts_with("Traceback (most recent call last):\n  File "));
/// ```
pub struct TaskError(Box<Ending>);

enum Ending {
    Failure(Failure),
    /// Not an error: `Err` is only the shortest way out of a function.
    Instead(Outcome),
}

struct Failure {
    exc_type: String,
    module: String,
    message: String,
    /// What led to it, the nearest cause first.
    causes: Vec<String>,
    place: Option<&'static Location<'static>>,
}

/// The exceptions a Python reader finds in its own `builtins` and that can be raised with one sentence.
const PYTHON: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BufferError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "EOFError",
    "Exception",
    "FileExistsError",
    "FileNotFoundError",
    "ImportError",
    "IndexError",
    "InterruptedError",
    "KeyError",
    "LookupError",
    "MemoryError",
    "NameError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PermissionError",
    "RecursionError",
    "ReferenceError",
    "RuntimeError",
    "SystemError",
    "TimeoutError",
    "TypeError",
    "ValueError",
    "ZeroDivisionError",
];

/// Where errors come from that neither Python nor a Rust crate names.
const OURS: &str = "umbel";
/// A chain of causes longer than this is a loop or noise.
const MOST_CAUSES: usize = 32;

impl TaskError {
    /// An error with a type of your choice: one of Python's own, such as `ValueError`, or a name you make up.
    #[track_caller]
    pub fn new(exc_type: &str, message: impl Into<String>) -> Self {
        let module = if PYTHON.contains(&exc_type) { "builtins" } else { OURS };
        Self::failure(exc_type, module, message.into(), Vec::new(), Some(Location::caller()))
    }

    /// An error that was boxed before it got here. `?` cannot take those, `map_err(TaskError::boxed)` can.
    #[track_caller]
    pub fn boxed(error: Box<dyn Error + Send + Sync>) -> Self {
        let causes = causes(&*error);
        Self::failure("Exception", "builtins", error.to_string(), causes, Some(Location::caller()))
    }

    /// What a panic left behind, as the worker catches it.
    pub fn from_panic(payload: Box<dyn Any + Send>) -> Self {
        let message = match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => payload
                .downcast_ref::<&'static str>()
                .map_or_else(|| "the task panicked".to_owned(), |&text| text.to_owned()),
        };
        Self::failure("Panic", OURS, message, Vec::new(), None)
    }

    /// Ends the task with a retry: `return Err(TaskError::retry(Retry::new().countdown(5)))`.
    pub fn retry(retry: Retry) -> Self {
        Self::instead(Outcome::Retry(retry))
    }

    /// Ends the task without storing anything.
    pub fn ignore() -> Self {
        Self::instead(Outcome::Ignore)
    }

    /// Ends the task by refusing its message.
    pub fn reject(requeue: bool) -> Self {
        Self::instead(Outcome::Reject { requeue })
    }

    /// The type's short name, as a result carries it.
    pub fn exc_type(&self) -> &str {
        match &*self.0 {
            Ending::Failure(failure) => &failure.exc_type,
            Ending::Instead(outcome) => outcome.name(),
        }
    }

    /// The sentence, without the type.
    pub fn message(&self) -> &str {
        match &*self.0 {
            Ending::Failure(failure) => &failure.message,
            Ending::Instead(_) => "",
        }
    }

    /// The error as a result stores it.
    pub fn to_exception(&self) -> Exception {
        match &*self.0 {
            Ending::Failure(failure) => {
                let arguments = if failure.message.is_empty() { json!([]) } else { json!([failure.message]) };
                Exception::new(&failure.module, &failure.exc_type, arguments)
            }
            Ending::Instead(outcome) => Exception::new("celery.exceptions", outcome.name(), json!([])),
        }
    }

    /// Where it happened and what led to it, laid out like a Python traceback.
    pub fn traceback(&self) -> String {
        let Ending::Failure(failure) = &*self.0 else {
            return String::new();
        };
        let mut text = String::new();
        if let Some(place) = failure.place {
            let _ = writeln!(text, "Traceback (most recent call last):");
            let _ = writeln!(text, "  File \"{}\", line {}", place.file(), place.line());
        }
        let _ = writeln!(text, "{}: {}", failure.exc_type, failure.message);
        for cause in &failure.causes {
            let _ = writeln!(text, "caused by: {cause}");
        }
        text
    }

    /// What the worker does about it: usually a failure, else what the task asked for instead.
    pub(super) fn into_outcome(self) -> Outcome {
        match *self.0 {
            Ending::Instead(outcome) => outcome,
            failure => Outcome::Failure(Self(Box::new(failure))),
        }
    }

    /// A call that does not fit the task, as Python words and types it. It has no place in the author's code.
    pub(super) fn arguments(sentence: String) -> Self {
        Self::failure("TypeError", "builtins", sentence, Vec::new(), None)
    }

    /// What Celery raises in a task whose soft time limit is over.
    pub(crate) fn soft_time_limit() -> Self {
        Self::failure("SoftTimeLimitExceeded", "billiard.exceptions", String::new(), Vec::new(), None)
    }

    /// A return value that is not JSON, typed as Celery types it.
    pub(super) fn encode(error: &serde_json::Error) -> Self {
        Self::failure("EncodeError", "kombu.exceptions", error.to_string(), causes(error), None)
    }

    fn instead(outcome: Outcome) -> Self {
        Self(Box::new(Ending::Instead(outcome)))
    }

    fn failure(
        exc_type: &str,
        module: &str,
        message: String,
        causes: Vec<String>,
        place: Option<&'static Location<'static>>,
    ) -> Self {
        let (exc_type, module) = (exc_type.to_owned(), module.to_owned());
        Self(Box::new(Ending::Failure(Failure { exc_type, module, message, causes, place })))
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for TaskError {
    #[track_caller]
    fn from(error: E) -> Self {
        let place = Some(Location::caller());
        if let Some(io) = (&error as &dyn Any).downcast_ref::<io::Error>() {
            return Self::failure(os_error(io.kind()), "builtins", error.to_string(), causes(&error), place);
        }
        let (module, exc_type) = split_type_name(std::any::type_name::<E>());
        Self::failure(exc_type, module, error.to_string(), causes(&error), place)
    }
}

impl From<Retry> for TaskError {
    fn from(retry: Retry) -> Self {
        Self::retry(retry)
    }
}

/// `core::num::error::ParseIntError` is a `ParseIntError` of `core::num::error`; generics are left out.
fn split_type_name(full: &'static str) -> (&'static str, &'static str) {
    let plain = full.split('<').next().unwrap_or(full);
    plain.rsplit_once("::").unwrap_or((OURS, plain))
}

/// The name Python has for an error of the operating system.
fn os_error(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::NotFound => "FileNotFoundError",
        io::ErrorKind::AlreadyExists => "FileExistsError",
        io::ErrorKind::PermissionDenied => "PermissionError",
        io::ErrorKind::ConnectionRefused => "ConnectionRefusedError",
        io::ErrorKind::ConnectionReset => "ConnectionResetError",
        io::ErrorKind::ConnectionAborted => "ConnectionAbortedError",
        io::ErrorKind::TimedOut => "TimeoutError",
        io::ErrorKind::Interrupted => "InterruptedError",
        io::ErrorKind::UnexpectedEof => "EOFError",
        _ => "OSError",
    }
}

fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    let chain = std::iter::successors(error.source(), |&cause| cause.source());
    chain.take(MOST_CAUSES).map(ToString::to_string).collect()
}

/// `ParseIntError: invalid digit found in string`.
impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Ending::Failure(failure) => write!(f, "{}: {}", failure.exc_type, failure.message),
            Ending::Instead(outcome) => f.write_str(outcome.name()),
        }
    }
}

impl fmt::Debug for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Ending::Failure(failure) => f
                .debug_struct("TaskError")
                .field("exc_type", &failure.exc_type)
                .field("module", &failure.module)
                .field("message", &failure.message)
                .field("causes", &failure.causes)
                .field("place", &failure.place.map(ToString::to_string))
                .finish(),
            Ending::Instead(outcome) => f.debug_tuple("TaskError").field(outcome).finish(),
        }
    }
}
