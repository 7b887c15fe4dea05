//! What will not run because something before it has failed. Others may wait for it, so each of these tasks gets the
//! same failure, takes its part in its chord, and calls its errbacks where a chord's body was to run.

use super::expand::{Expansion, Sender};
use super::follow::{Part, failed_id, group_of};
use super::ids::Ids;
use super::options::{Options, list_of};
use super::plan::Plan;
use crate::protocol::{Exception, ResultMeta, Signature, State, TaskId, result, time};
use crate::results::ChordPart;
use serde_json::Value;
use serde_json::value::RawValue;

pub(super) struct Failing<'a> {
    sender: Sender<'a>,
    error: Box<RawValue>,
    traceback: Option<&'a str>,
    root: &'a TaskId,
    pub(super) metas: Vec<ResultMeta>,
    pub(super) parts: Vec<Part>,
    /// Errbacks.
    pub(super) plan: Plan,
}

impl<'a> Failing<'a> {
    pub(super) fn new(
        sender: Sender<'a>,
        error: &Exception,
        traceback: Option<&'a str>,
        root: &'a TaskId,
    ) -> Self {
        let error = result::raw(error).expect("exceptions always serialise");
        Self { sender, error, traceback, root, metas: vec![], parts: vec![], plan: Plan::default() }
    }

    /// Fails a signature that will not be called, and all its parts.
    ///
    /// Celery stops at groups and leaves their tasks without an end, so that a chord around them waits for ever. Here
    /// they fail one by one, as they would have been counted.
    pub(super) fn fail(&mut self, signature: &Value) {
        let Ok(signature) = Signature::parse(signature.clone()) else { return };
        let kind = signature.subtask_type.as_deref();
        if let Some(id) = signature.task_id()
            && kind != Some("chord")
        {
            self.store(&signature, &id);
            if kind != Some("group") {
                self.count(&signature, id);
            }
        }
        for name in ["tasks", "body"] {
            list_of(signature.kwargs.get(name).filter(|_| kind.is_some()).cloned())
                .iter()
                .for_each(|inner| self.fail(inner));
        }
    }

    /// Fails the body of a chord: its errbacks are called, and what was to follow it fails as well.
    pub(super) fn fail_body(&mut self, body: &Value) {
        let before = self.metas.len();
        self.fail(body);
        // It was never called, so it was never in its group either: Celery stores it without.
        self.metas[before..].iter_mut().for_each(|meta| meta.group_id = None);
        let Ok(signature) = Signature::parse(body.clone()) else { return };
        if signature.subtask_type.as_deref() == Some("group") {
            let shared = list_of(signature.options.get("link_error").cloned());
            for task in list_of(signature.kwargs.get("tasks").cloned()) {
                let mut errbacks = errbacks(&task);
                errbacks.extend(
                    shared.iter().filter(|errback| !errbacks.contains(errback)).cloned().collect::<Vec<_>>(),
                );
                if let Some(id) = id_of_result(&task) {
                    self.call(&id, &id, errbacks);
                }
            }
        } else if let Some(id) = id_of_result(body) {
            self.call(&id, &id, errbacks(body));
        }
        for step in list_of(signature.options.get("chain").cloned()) {
            self.fail(&step);
        }
    }

    /// Calls errbacks in Celery's old style, as tasks with the failed id. The new style, a function of request,
    /// exception and traceback, can only be called by a worker that has it in its own process and knows its arguments.
    pub(super) fn call(&mut self, failed: &TaskId, root: &TaskId, errbacks: Vec<Value>) {
        if errbacks.is_empty() {
            return;
        }
        let ids = Ids::of(failed.as_str(), "failure");
        let mut expansion = Expansion::new(self.sender, root, failed, ids);
        match expansion.send(group_of(errbacks), &failed_id(failed), Options::new()) {
            Ok(()) => self.plan.append(expansion.plan),
            // The failure itself is told in any case.
            Err(error) => tracing::error!(task.id = %failed, %error, "failed to call errbacks"),
        }
    }

    fn store(&mut self, signature: &Signature, id: &TaskId) {
        if signature.option("ignore_result").and_then(Value::as_bool) == Some(true) {
            return;
        }
        let mut meta = ResultMeta::new(id.clone(), State::Failure, self.error.clone());
        meta.traceback = self.traceback.map(str::to_owned);
        meta.children = Some(RawValue::from_string("[]".to_owned()).expect("an empty list is JSON"));
        meta.date_done = Some(time::format(self.sender.now));
        meta.group_id = signature.option_text("group_id").map(str::to_owned);
        meta.name = Some(signature.task.clone());
        self.metas.push(meta);
    }

    fn count(&mut self, signature: &Signature, task_id: TaskId) {
        let (Some(body), Some(group)) = (signature.option("chord"), signature.option_text("group_id")) else {
            return;
        };
        let end = ChordPart {
            group: group.to_owned(),
            task_id,
            index: signature.option("group_index").and_then(Value::as_i64),
            state: State::Failure,
            result: self.error.clone(),
        };
        self.parts.push(Part { end, body: body.clone(), root: self.root.clone() });
    }
}

/// What is called when this fails.
fn errbacks(signature: &Value) -> Vec<Value> {
    let mut all = list_of(signature["options"].get("link_error").cloned());
    if signature["subtask_type"] == "chord" {
        all.extend(errbacks(&signature["kwargs"]["body"]));
    }
    all
}

/// The task by whose end it ends.
fn id_of_result(signature: &Value) -> Option<TaskId> {
    match signature["subtask_type"].as_str() {
        Some("chord") => id_of_result(&signature["kwargs"]["body"]),
        Some("chain") => id_of_result(signature["kwargs"]["tasks"].as_array()?.last()?),
        _ => signature["options"]["task_id"].as_str().map(TaskId::from),
    }
}
