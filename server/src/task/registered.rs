//! One registered task.

use super::bind::Signature;
use super::call::Call;
use super::context::Context;
use super::extract::{CallParts, Needs};
use super::handler::{AnyHandler, Forget, Handler};
use super::options::TaskOptions;
use super::outcome::Outcome;
use super::problem::Problem;
use super::state::States;
use futures_util::future::BoxFuture;
use serde_json::Value;
use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

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
    signature: Arc<Signature>,
    handler: Arc<dyn AnyHandler>,
    states: Arc<States>,
}

const LONGEST_NAME: usize = 255;
const LEAST_URGENT: u8 = 9;

impl Registered {
    pub(super) fn new<M: 'static, H: Handler<M>>(
        name: String,
        handler: H,
        mut options: TaskOptions,
        states: Arc<States>,
    ) -> Self {
        let mut needs = Needs::default();
        handler.describe(&mut needs);
        let signature = std::mem::take(&mut needs.signature);
        Self {
            name,
            parameters: signature.parameters(),
            summary: options.summary.take(),
            example: options.example.take().unwrap_or_else(|| signature.example()),
            options,
            needs: Arc::new(needs),
            signature: Arc::new(signature),
            handler: Arc::new(Forget(handler, PhantomData)),
            states,
        }
    }

    /// Runs the task once. It may panic if its author lets it; the caller has to expect that.
    pub fn run(&self, call: Call, context: Context) -> BoxFuture<'static, Outcome> {
        self.handler.call(CallParts {
            call: Some(call),
            context,
            states: Arc::clone(&self.states),
            signature: Arc::clone(&self.signature),
        })
    }

    /// From now on the task has this state.
    pub(super) fn share(&mut self, states: &Arc<States>) {
        self.states = Arc::clone(states);
    }

    /// What is wrong with it, given this state.
    pub(super) fn problems(&self, states: &States) -> Vec<Problem> {
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

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registered")
            .field("name", &self.name)
            .field("options", &self.options)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}
