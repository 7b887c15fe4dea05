//! The registry: which names are which functions. Registration is a value; nothing is global.

use super::bind::SignatureError;
use super::call::Call;
use super::context::Context;
use super::error::TaskError;
use super::extract::{CallParts, Needs};
use super::handler::{AnyHandler, Forget, Handler};
use super::options::TaskOptions;
use super::outcome::Outcome;
use super::rate::RateError;
use super::state::States;
use futures_util::future::BoxFuture;
use serde_json::Value;
use std::any::TypeId;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

/// Tasks by name, and the state they share.
///
/// ```
/// use umbel::task::{State, TaskError, Tasks};
///
/// struct Greeting(String);
///
/// async fn hello(State(greeting): State<Greeting>) -> String {
///     greeting.0.clone()
/// }
///
/// let tasks = Tasks::new()
///     .state(|| Greeting("hello".to_owned()))
///     .task("demo.hello", hello)
///     .task_with("demo.slow_hello", hello, |o| o.queue("slow").rate_limit("10/m"));
/// assert_eq!(tasks.build().unwrap().iter().count(), 2);
///
/// let twice = Tasks::new().task("demo.hello", async || 1).task("demo.hello", async || 2);
/// assert_eq!(twice.build().unwrap_err().to_string(), "task \"demo.hello\" is registered twice");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tasks: BTreeMap<String, Arc<Registered>>,
    states: Arc<States>,
    problems: Vec<TaskProblem>,
}

/// One task: its name, what its author says about it, and how to run it.
#[derive(Clone)]
pub struct Registered {
    pub name: String,
    pub options: TaskOptions,
    /// The names of its parameters in order; empty where it takes none or they have no names.
    pub parameters: Vec<String>,
    pub summary: Option<String>,
    /// Arguments to start from: an object of keywords or a list of positional ones.
    pub example: Value,
    needs: Arc<Needs>,
    signature: Arc<super::bind::Signature>,
    handler: Arc<dyn AnyHandler>,
    states: Arc<States>,
}

/// A task that cannot be offered, or state that cannot be.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskProblem {
    task: String,
    problem: Problem,
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum Problem {
    #[error("is registered twice")]
    Twice,
    #[error("has a name that is empty, too long, or has spaces or control characters in it")]
    Name,
    #[error("takes its arguments twice: a handler has one `Args` or one `Call`")]
    TwoTakers,
    #[error("cannot take its arguments: {0}")]
    Arguments(SignatureError),
    #[error("has a wrong rate limit: {0}")]
    Rate(#[from] RateError),
    #[error("asks for state of type `{0}`, but no factory for it is given")]
    NoState(&'static str),
    #[error("has two factories")]
    TwoFactories,
    #[error("has a priority of {0}, but the least urgent is 9")]
    Priority(u8),
}

/// Why a set of tasks cannot be offered; one sentence per line.
#[derive(Clone, Debug, PartialEq)]
pub struct InvalidTasks(Vec<TaskProblem>);

const LONGEST_NAME: usize = 255;
const LEAST_URGENT: u8 = 9;

impl Tasks {
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers an async function under a name.
    pub fn task<M: 'static>(self, name: impl Into<String>, handler: impl Handler<M>) -> Self {
        self.task_with(name, handler, |options| options)
    }

    /// Registers an async function under a name, with options.
    pub fn task_with<M: 'static, H: Handler<M>>(
        mut self,
        name: impl Into<String>,
        handler: H,
        options: impl FnOnce(TaskOptions) -> TaskOptions,
    ) -> Self {
        let mut options = options(TaskOptions::default());
        let mut needs = Needs::default();
        handler.describe(&mut needs);
        let signature = std::mem::take(&mut needs.signature);
        let name = name.into();
        let registered = Registered {
            parameters: signature.parameters(),
            summary: options.summary.take(),
            example: options.example.take().unwrap_or_else(|| signature.example()),
            name: name.clone(),
            options,
            needs: Arc::new(needs),
            signature: Arc::new(signature),
            handler: Arc::new(Forget(handler, PhantomData)),
            states: Arc::clone(&self.states),
        };
        if self.tasks.insert(name.clone(), Arc::new(registered)).is_some() {
            self.problems.push(TaskProblem { task: name, problem: Problem::Twice });
        }
        self
    }

    /// Gives tasks something to share. The factory runs once per process.
    pub fn state<S: Send + Sync + 'static>(self, factory: impl Fn() -> S + Send + Sync + 'static) -> Self {
        self.with_state(move || {
            let state = factory();
            async move { Ok::<S, TaskError>(state) }
        })
    }

    /// Gives tasks something to share that takes time to build or may fail.
    ///
    /// ```
    /// # use umbel::task::{TaskError, Tasks};
    /// # struct Rates(String);
    /// let tasks = Tasks::new().with_state(async || Ok::<_, TaskError>(Rates(std::fs::read_to_string("rates.json")?)));
    /// # tasks.build().unwrap();
    /// ```
    pub fn with_state<S, E, F, Fut>(mut self, factory: F) -> Self
    where
        S: Send + Sync + 'static,
        E: Into<TaskError> + 'static,
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<S, E>> + Send + 'static,
    {
        let added = Arc::make_mut(&mut self.states).add(move || {
            let building = factory();
            async move { building.await.map_err(Into::into) }
        });
        if let Err(type_name) = added {
            self.problems.push(TaskProblem::two_factories(type_name));
        }
        self.share_states();
        self
    }

    /// Adds the tasks and the state of another set.
    pub fn merge(mut self, other: Self) -> Self {
        self.problems.extend(other.problems);
        let both = Arc::make_mut(&mut self.states).merge(Arc::unwrap_or_clone(other.states));
        self.problems.extend(both.into_iter().map(TaskProblem::two_factories));
        for (name, registered) in other.tasks {
            if self.tasks.insert(name.clone(), registered).is_some() {
                self.problems.push(TaskProblem { task: name, problem: Problem::Twice });
            }
        }
        self.share_states();
        self
    }

    /// Checks everything that can be known before the first task runs.
    pub fn build(mut self) -> Result<Self, InvalidTasks> {
        let mut problems = std::mem::take(&mut self.problems);
        for registered in self.tasks.values() {
            let found = registered.problems(&self.states);
            let task = &registered.name;
            problems.extend(found.into_iter().map(|problem| TaskProblem { task: task.clone(), problem }));
        }
        if problems.is_empty() { Ok(self) } else { Err(InvalidTasks(problems)) }
    }

    /// Builds all state now, so that what is wrong with it shows at start and not with the first task.
    pub async fn prepare(&self) -> Result<(), TaskError> {
        self.states.prepare().await
    }

    pub fn get(&self, name: &str) -> Option<&Arc<Registered>> {
        self.tasks.get(name)
    }

    /// All tasks, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Registered>> {
        self.tasks.values()
    }

    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// State may be given after the tasks that use it, so all of them are told of each change.
    fn share_states(&mut self) {
        for registered in self.tasks.values_mut() {
            Arc::make_mut(registered).states = Arc::clone(&self.states);
        }
    }
}

impl Registered {
    /// Runs the task once. It may panic if its author lets it; the caller has to expect that.
    pub fn run(&self, call: Call, context: Context) -> BoxFuture<'static, Outcome> {
        self.handler.call(CallParts {
            call: Some(call),
            context,
            states: Arc::clone(&self.states),
            signature: Arc::clone(&self.signature),
        })
    }

    fn problems(&self, states: &States) -> Vec<Problem> {
        let mut problems = self.needs.problems.clone();
        let odd = |letter: char| letter.is_whitespace() || letter.is_control();
        if self.name.is_empty() || self.name.len() > LONGEST_NAME || self.name.contains(odd) {
            problems.push(Problem::Name);
        }
        problems.extend(self.options.wrong_rate.clone().map(Problem::Rate));
        problems.extend(self.options.priority.filter(|&p| p > LEAST_URGENT).map(Problem::Priority));
        let is_missing = |need: &&(TypeId, &'static str)| !states.has(need.0);
        problems.extend(self.needs.states.iter().filter(is_missing).map(|need| Problem::NoState(need.1)));
        problems
    }
}

impl TaskProblem {
    fn two_factories(type_name: &'static str) -> Self {
        Self { task: type_name.to_owned(), problem: Problem::TwoFactories }
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registered")
            .field("name", &self.name)
            .field("options", &self.options)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for TaskProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if matches!(self.problem, Problem::TwoFactories) { "state" } else { "task" };
        write!(f, "{noun} {:?} {}", self.task, self.problem)
    }
}

impl fmt::Display for InvalidTasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, problem) in self.0.iter().enumerate() {
            let newline = if place == 0 { "" } else { "\n" };
            write!(f, "{newline}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidTasks {}
