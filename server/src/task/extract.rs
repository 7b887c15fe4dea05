//! What a handler may ask for, by the types of its arguments.

use super::bind::{self, Signature};
use super::call::Call;
use super::context::Context;
use super::error::TaskError;
use super::problem::Problem;
use super::state::States;
use crate::client::Client;
use serde::de::DeserializeOwned;
use std::any::TypeId;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

/// Something a handler can ask for.
///
/// Implement it to give handlers something of your own, built from the parts below.
#[diagnostic::on_unimplemented(
    message = "a task cannot ask for `{Self}`",
    label = "not something a task can ask for",
    note = "ask for `Args<T>`, `Call`, `State<S>`, `Context` or `Client`, or implement `FromCall` for your own type"
)]
pub trait FromCall: Sized + Send + 'static {
    /// Says at registration what it will need. Most need nothing.
    fn describe(_needs: &mut Needs) {}

    fn from_call(parts: &mut CallParts) -> impl Future<Output = Result<Self, TaskError>> + Send;
}

/// What the extractors of one handler need; collected at registration.
#[derive(Debug, Default)]
pub struct Needs {
    takers: usize,
    pub(super) signature: Signature,
    pub(super) states: Vec<(TypeId, &'static str)>,
    pub(super) problems: Vec<Problem>,
}

impl Needs {
    /// Whatever `E` needs is needed.
    pub fn also<E: FromCall>(&mut self) {
        E::describe(self);
    }

    /// State of this type is needed.
    pub fn state<S: 'static>(&mut self) {
        self.states.push((TypeId::of::<S>(), std::any::type_name::<S>()));
    }

    /// The call's arguments will be taken. Only one can have them.
    fn arguments(&mut self, signature: Signature) {
        self.takers += 1;
        if self.takers == 2 {
            self.problems.push(Problem::TwoTakers);
        }
        self.signature = signature;
    }
}

/// One call while its extractors take it apart.
pub struct CallParts {
    pub(super) call: Option<Call>,
    pub(super) context: Context,
    pub(super) states: Arc<States>,
    pub(super) signature: Arc<Signature>,
}

impl CallParts {
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The state of this type.
    pub async fn state<S: Send + Sync + 'static>(&self) -> Result<Arc<S>, TaskError> {
        self.states.get::<S>().await.unwrap_or_else(|| {
            let sentence = format!("no state of type {} was given", std::any::type_name::<S>());
            Err(TaskError::new("RuntimeError", sentence))
        })
    }

    /// The raw arguments, for the one who is to have them.
    fn take_call(&mut self) -> Call {
        self.call.take().unwrap_or_default()
    }

    /// Arguments nobody took are a mistake of the sender.
    pub(super) fn refuse_leftovers(&mut self) -> Result<(), TaskError> {
        match self.call.take() {
            Some(call) => bind::bind(self.context.name(), call, &self.signature),
            None => Ok(()),
        }
    }
}

/// The call's arguments as a type of yours, bound as Python binds them.
///
/// The fields of a struct are the parameters, in order: positional arguments fill them from the first, keywords go
/// by name. `Option` and `#[serde(default)]` fields may be left out. Everything that does not fit fails the task
/// with a `TypeError` in Python's own words.
///
/// | `T` | like Python's |
/// |---|---|
/// | a struct | `def f(x, y=1)` |
/// | a tuple or tuple struct | `def f(x, y, /)` |
/// | `Vec<T>` | `def f(*args)` |
/// | a map, or a struct with `#[serde(flatten)]` | `def f(*, x, **kwargs)` |
/// | `()` | `def f()` |
///
/// `#[serde(alias)]` is refused at registration: an alias counts as one more field and would shift the positions. A
/// struct with a flattened part decides itself what it does with keywords it does not know.
///
/// ```
/// use umbel::task::{Args, Call, Outcome, TaskError, Tasks, testing};
/// use serde_json::json;
///
/// #[derive(serde::Deserialize)]
/// struct Add {
///     x: i64,
///     #[serde(default)]
///     y: i64,
/// }
///
/// async fn add(Args(Add { x, y }): Args<Add>) -> Result<i64, TaskError> {
///     Ok(x + y)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let tasks = Tasks::new().task("demo.add", add).build().unwrap();
/// let add = tasks.get("demo.add").unwrap();
/// assert_eq!(add.parameters, ["x", "y"]);
///
/// let outcome = add.run(Call::new(vec![json!(2), json!(3)], Default::default()), testing::context("demo.add")).await;
/// assert!(matches!(outcome, Outcome::Success(five) if five.get() == "5"));
///
/// let Outcome::Failure(error) = add.run(Call::default(), testing::context("demo.add")).await else { panic!() };
/// assert_eq!(error.to_string(), "TypeError: demo.add() missing 1 required positional argument: 'x'");
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Args<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> FromCall for Args<T> {
    fn describe(needs: &mut Needs) {
        match bind::signature::<T>() {
            Ok(signature) => needs.arguments(signature),
            Err(problem) => needs.problems.push(Problem::Arguments(problem)),
        }
    }

    async fn from_call(parts: &mut CallParts) -> Result<Self, TaskError> {
        let call = parts.take_call();
        bind::bind(parts.context.name(), call, &parts.signature).map(Self)
    }
}

impl FromCall for Call {
    fn describe(needs: &mut Needs) {
        needs.arguments(Signature::default());
    }

    async fn from_call(parts: &mut CallParts) -> Result<Self, TaskError> {
        Ok(parts.take_call())
    }
}

/// What tasks share within a process, as the factory given to [`Tasks::state`](super::Tasks::state) builds it.
#[derive(Debug)]
pub struct State<S>(pub Arc<S>);

impl<S: Send + Sync + 'static> FromCall for State<S> {
    fn describe(needs: &mut Needs) {
        needs.state::<S>();
    }

    async fn from_call(parts: &mut CallParts) -> Result<Self, TaskError> {
        parts.state().await.map(Self)
    }
}

impl<S> Clone for State<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> Deref for State<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.0
    }
}

impl FromCall for Context {
    async fn from_call(parts: &mut CallParts) -> Result<Self, TaskError> {
        Ok(parts.context.clone())
    }
}

impl FromCall for Client {
    async fn from_call(parts: &mut CallParts) -> Result<Self, TaskError> {
        let nobody = || TaskError::new("RuntimeError", "there is no client where this task runs");
        parts.context.client().cloned().ok_or_else(nobody)
    }
}
