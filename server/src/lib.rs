//! Umbel runs background tasks and shows them: a worker, an embedded broker and a dashboard in one program, in the
//! words and shapes of Celery.
//!
//! This page is for authors of tasks. How Umbel itself is built is told in `ARCHITECTURE.md`.
//!
//! # A program
//!
//! A task is an async function, registered under a name. [`main`] is the whole program around it: command line,
//! broker, worker and dashboard.
//!
//! ```no_run
//! use serde::Deserialize;
//! use umbel::{Args, TaskError, Tasks};
//!
//! #[derive(Deserialize)]
//! struct Add {
//!     x: i64,
//!     y: i64,
//! }
//!
//! async fn add(Args(Add { x, y }): Args<Add>) -> Result<i64, TaskError> {
//!     Ok(x + y)
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     umbel::main(|| Tasks::new().task("demo.add", add))
//! }
//! ```
//!
//! # What a task can ask for
//!
//! The types of the parameters say it. Each may be there or not, in any order.
//!
//! | Type | What it is |
//! |---|---|
//! | [`Args<T>`](Args) | the arguments, bound to `T` as Python binds them to a function's parameters |
//! | [`Call`] | the arguments as they came, instead of `Args` |
//! | [`State<S>`](State) | what tasks share in a process, built by the factory given to [`Tasks::state`] |
//! | [`Context`] | id, retries, deadline, progress, cancellation |
//! | [`Client`](client::Client) | sends other tasks |
//!
//! Arguments that do not fit fail the task with a `TypeError` in Python's words, before your code runs. For something
//! of your own implement [`FromCall`](task::FromCall).
//!
//! # What a task can answer
//!
//! Anything that serialises, a `Result` of it, or an [`Outcome`]. `?` turns any error into a [`TaskError`], with its
//! type, its message and its causes. A panic is a failure as well; the worker goes on.
//!
//! [`Retry`] asks for another attempt. It can stand where an error stands, and the wait is kept by the broker, not by
//! the worker:
//!
//! ```
//! use umbel::task::{Call, Outcome, testing};
//! use umbel::{Args, Context, Retry, TaskError, Tasks};
//!
//! async fn lines(context: Context, Args((path,)): Args<(String,)>) -> Result<usize, TaskError> {
//!     let wait = 2_u32.saturating_pow(context.retries());
//!     let text = std::fs::read_to_string(path).map_err(|error| Retry::new().countdown(wait).cause(error))?;
//!     Ok(text.lines().count())
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let tasks = Tasks::new().task_with("files.lines", lines, |task| task.max_retries(4)).build().unwrap();
//! let call = Call::new(vec!["/no/such/file".into()], Default::default());
//! let outcome = tasks.get("files.lines").unwrap().run(call, testing::context("files.lines")).await;
//! assert!(matches!(outcome, Outcome::Retry(_)));
//! # }
//! ```
//!
//! This is also how a task is tested without a worker. `task::testing` and `testing` come with the feature `testing`.
//!
//! # A schedule
//!
//! What is to run again and again is said beside the tasks. [`Periodic`] has the words of an entry in the file, and a
//! mistake in it is a mistake of the program. `server/docs/schedules.md` tells all of it.
//!
//! ```
//! use std::time::Duration;
//! use umbel::{Args, Periodic, Tasks};
//!
//! async fn add(Args((x, y)): Args<(i64, i64)>) -> i64 {
//!     x + y
//! }
//!
//! let tasks = Tasks::new()
//!     .task("demo.add", add)
//!     .periodic("add-often", Periodic::new("demo.add").every(Duration::from_secs(30)).arg(1).arg(2))
//!     .periodic("add-at-nine", Periodic::new("demo.add").cron("0 9 * * mon-fri").arg(3).arg(4).max_running(1));
//! assert_eq!(tasks.build().unwrap().entries().count(), 2);
//! ```
//!
//! # What to expect
//!
//! * **A task can run twice.** Its message is given up only after its result is stored, so a crash in between means
//!   another run. Make what it does repeatable, or look at [`Context::is_redelivered`].
//! * **Cancelling takes effect at an `.await`.** A task that is cancelled or out of time is dropped where it waits, so
//!   tidying up belongs into a `Drop`. Long computations ask [`Context::is_cancelled`] now and then.
//! * **Blocking holds a thread.** Tasks have threads of their own, so one that blocks harms neither dashboard nor
//!   broker, only its neighbours, and those get fresh threads after a few seconds. `tokio::task::spawn_blocking` is
//!   the better way.
//! * **A soft time limit ends a task that does not listen for it**, as Celery's exception does. One that awaits
//!   [`Context::soft_limit_reached`] may tidy up until the hard limit.
//! * **What follows a task runs whoever sent it**: callbacks, chains and chords of Celery's producers go on from your
//!   tasks. What a task sends with its [`Client`](client::Client) is listed as its children.
//! * **Not yet obeyed:** early acknowledgement. It is checked at registration only.
//!
//! # Without the dashboard
//!
//! With `default-features = false` everything that belongs to the dashboard stays out, the JSON API included.
//! [`runtime::Runtime`] is the product as a value, for programs with a `main` of their own.

pub mod beat;
pub mod broker;
pub mod bundled;
pub mod bus;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod control;
pub mod demo;
pub mod monitor;
mod nearest;
pub mod protocol;
pub mod redis_link;
pub mod results;
pub mod runtime;
pub mod schedule;
pub mod service;
pub mod store;
pub mod task;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "web")]
pub mod web;
pub mod worker;

pub use cli::main;
pub use task::{
    Args, Call, Context, IntoOutcome, Outcome, Periodic, Retry, State, TaskError, TaskOptions, Tasks,
};

/// The examples of the front page are compiled with all others.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
