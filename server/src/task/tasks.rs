//! The registry: which names are which functions. Registration is a value; nothing is global.

use super::error::TaskError;
use super::handler::Handler;
use super::options::TaskOptions;
use super::periodic::Periodic;
use super::problem::{InvalidTasks, Problem, TaskProblem};
use super::registered::Registered;
use super::state::States;
use std::collections::BTreeMap;
use std::future::Future;
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
    entries: BTreeMap<String, Periodic>,
    problems: Vec<TaskProblem>,
}

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
        let name = name.into();
        let options = options(TaskOptions::default());
        let registered = Registered::new(name.clone(), handler, options, Arc::clone(&self.states));
        if self.tasks.insert(name.clone(), Arc::new(registered)).is_some() {
            self.problems.push(TaskProblem { task: name, problem: Problem::Twice });
        }
        self
    }

    /// Has a task sent again and again, by an entry of this name. The task may be one of another program.
    pub fn periodic(mut self, name: impl Into<String>, entry: Periodic) -> Self {
        self.put_entry(name.into(), entry);
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
        for (name, entry) in other.entries {
            self.put_entry(name, entry);
        }
        self.share_states();
        self
    }

    /// Adds tasks that need no state of this set.
    pub(crate) fn with_registered(mut self, others: Vec<Arc<Registered>>) -> Self {
        self.tasks.extend(others.into_iter().map(|task| (task.name.clone(), task)));
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
        for (name, entry) in &self.entries {
            let wrong = entry.mistakes(name).into_iter().map(Problem::Entry);
            problems.extend(wrong.map(|problem| TaskProblem { task: name.clone(), problem }));
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

    /// The entries of the schedule, by name.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Periodic)> {
        self.entries.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    fn put_entry(&mut self, name: String, entry: Periodic) {
        if self.entries.insert(name.clone(), entry).is_some() {
            self.problems.push(TaskProblem { task: name, problem: Problem::TwoEntries });
        }
    }

    /// State may be given after the tasks that use it, so all of them are told of each change.
    fn share_states(&mut self) {
        for registered in self.tasks.values_mut() {
            Arc::make_mut(registered).share(&self.states);
        }
    }
}
