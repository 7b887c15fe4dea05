//! What an end sets off, worked out before anything is sent: callbacks and the next step of a chain after a success,
//! errbacks and the failed rest of the chain after a failure, and the end's part in a chord.

use super::expand::{Expansion, Sender};
use super::fail::Failing;
use super::ids::Ids;
use super::options::{Options, list_of};
use super::plan::{FollowError, Plan};
use crate::protocol::signature::SignatureError;
use crate::protocol::{Embed, Exception, Headers, Message, ResultMeta, Signature, State, TaskId, result};
use crate::results::ChordPart;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// What one end sets off.
#[derive(Debug, Default)]
pub(in crate::worker) struct Follow {
    /// Sent before the result is stored, so that its children are known.
    pub(super) first: Plan,
    /// Stored together with the result: what will not run any more.
    pub(super) failed: Vec<ResultMeta>,
    /// Counted after the result was stored.
    pub(super) parts: Vec<Part>,
    /// Sent last.
    pub(super) then: Plan,
}

/// The end of a task of a chord's header.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) end: ChordPart,
    /// The chord's body, as a signature.
    pub(super) body: Value,
    pub(super) root: TaskId,
}

impl Follow {
    /// The result tuples of what is sent, for the result of the task.
    pub(in crate::worker) fn children(&self) -> &[Value] {
        &self.first.children
    }

    /// The results of what will not run any more.
    pub(in crate::worker) fn take_failed(&mut self) -> Vec<ResultMeta> {
        std::mem::take(&mut self.failed)
    }
}

pub(super) fn success(
    sender: Sender<'_>,
    message: &Message,
    value: &RawValue,
) -> Result<Option<Box<Follow>>, FollowError> {
    let Some(embed) = Embed::of(&message.body) else { return Ok(None) };
    let headers = &message.headers;
    let root = root_of(headers);
    let mut follow = Follow { parts: part(headers, embed.chord, State::Success, value), ..Follow::default() };
    let callbacks = list_of(embed.callbacks);
    let mut chain = list_of(embed.chain);
    let next = chain.pop();
    if !callbacks.is_empty() || next.is_some() {
        let args = [serde_json::from_str(value.get()).unwrap_or_default()];
        let ids = Ids::of(headers.id.as_str(), "success");
        let mut expansion = Expansion::new(sender, &root, &headers.id, ids);
        for callback in in_one_step(callbacks)? {
            expansion.send(callback, &args, Options::new())?;
        }
        if let Some(next) = next {
            let rest = Options::from_iter([("chain".to_owned(), Value::Array(chain))]);
            expansion.send(Signature::parse(next)?, &args, rest)?;
        }
        follow.first = expansion.plan;
    }
    Ok(Some(Box::new(follow)))
}

pub(super) fn failure(
    sender: Sender<'_>,
    message: &Message,
    error: &Exception,
    traceback: Option<&str>,
) -> Option<Box<Follow>> {
    let embed = Embed::of(&message.body)?;
    let headers = &message.headers;
    let root = root_of(headers);
    let mut failing = Failing::new(sender, error, traceback, &root);
    for step in list_of(embed.chain) {
        failing.fail(&step);
    }
    failing.call(&headers.id, &root, list_of(embed.errbacks));
    let value = result::raw(error).expect("exceptions always serialise");
    let mut parts = part(headers, embed.chord, State::Failure, &value);
    parts.extend(failing.parts);
    Some(Box::new(Follow { first: Plan::default(), failed: failing.metas, parts, then: failing.plan }))
}

/// A revoked task takes its part in a chord, and nothing else: as in Celery, its chain ends without a word.
pub(super) fn revoked(message: &Message, error: &RawValue) -> Option<Box<Follow>> {
    let embed = Embed::of(&message.body)?;
    let parts = part(&message.headers, embed.chord, State::Revoked, error);
    Some(Box::new(Follow { parts, ..Follow::default() }))
}

/// Several callbacks are sent as one group, groups among them apart; one alone as it is.
fn in_one_step(callbacks: Vec<Value>) -> Result<Vec<Signature>, SignatureError> {
    if callbacks.len() < 2 {
        return callbacks.into_iter().map(Signature::parse).collect();
    }
    let is_group = |callback: &Value| callback["subtask_type"] == "group";
    let (groups, tasks): (Vec<Value>, Vec<Value>) = callbacks.into_iter().partition(is_group);
    let mut all = groups.into_iter().map(Signature::parse).collect::<Result<Vec<_>, _>>()?;
    if !tasks.is_empty() {
        all.push(group_of(tasks));
    }
    Ok(all)
}

/// The signature of a group of these.
pub(super) fn group_of(tasks: Vec<Value>) -> Signature {
    let mut group = Signature::new("celery.group");
    group.kwargs.insert("tasks".to_owned(), Value::Array(tasks));
    group.subtask_type = Some("group".to_owned());
    group
}

fn part(headers: &Headers, body: Option<Value>, state: State, value: &RawValue) -> Vec<Part> {
    let (Some(body), Some(group)) = (body, headers.group.clone()) else { return Vec::new() };
    let end = ChordPart {
        group,
        task_id: headers.id.clone(),
        index: headers.group_index,
        state,
        result: value.to_owned(),
    };
    vec![Part { end, body, root: root_of(headers) }]
}

fn root_of(headers: &Headers) -> TaskId {
    headers.root_id.clone().unwrap_or_else(|| headers.id.clone())
}

/// The id an errback is called with.
pub(super) fn failed_id(id: &TaskId) -> [Value; 1] {
    [json!(id)]
}
