//! For authors of tasks.
//!
//! A task is a plain async function. What its arguments mean comes from their types ([`FromCall`]), what it returns
//! is anything serialisable ([`IntoOutcome`]), and registration is a value ([`Tasks`]). There are no macros and there
//! is no global registry.

mod bind;
mod call;
mod context;
mod error;
mod extract;
mod handler;
mod options;
mod outcome;
mod periodic;
mod problem;
mod rate;
mod registered;
mod soft_limit;
mod state;
mod tasks;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use call::Call;
pub use context::{Context, ContextParts, Update};
pub use error::TaskError;
pub use extract::{Args, CallParts, FromCall, Needs, State};
pub use handler::Handler;
pub use options::TaskOptions;
pub use outcome::{IntoOutcome, Outcome, Retry};
pub use periodic::Periodic;
pub use problem::{InvalidTasks, TaskProblem};
pub use rate::{Rate, RateError};
pub use registered::Registered;
pub use soft_limit::SoftLimit;
pub use tasks::Tasks;
