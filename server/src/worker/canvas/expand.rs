//! From a signature to messages: what Celery's `apply_async` does inside of a worker, as a pure function.
//!
//! Ids that a sender has given are kept, since somebody may be waiting for them; the others come from [`Ids`].

use super::freeze::{self, Place, freeze};
use super::ids::Ids;
use super::node::{Chord, Kind, Node, flatten_groups};
use super::options::{Options, list_of, merge, text};
use super::plan::{FollowError, Plan};
use super::steps::{self, OF_THE_CHAIN};
use super::tuple::ResultTuple;
use crate::client::Client;
use crate::protocol::signature::Call;
use crate::protocol::{Signature, TaskId, result};
use crate::results::NewChord;
use crate::task::Tasks;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

/// Options by which a group or a chord is told about itself; its tasks have their own.
const OF_ITSELF: &[&str] = &["task_id", "group_index", "chord"];

/// What sends followers: the same for all of a worker.
#[derive(Clone, Copy)]
pub(super) struct Sender<'a> {
    pub(super) client: &'a Client,
    pub(super) tasks: &'a Tasks,
    pub(super) now: DateTime<Utc>,
}

/// One occasion on which followers are sent, in the name of one task.
pub(super) struct Expansion<'a> {
    sender: Sender<'a>,
    root: TaskId,
    parent: TaskId,
    ids: Ids<'a>,
    pub(super) plan: Plan,
}

/// What a call is given beyond its own arguments.
#[derive(Clone, Copy)]
struct Given<'a> {
    args: &'a [Value],
    kwargs: &'a Map<String, Value>,
    /// Listed among the children of the task that sends it. Members of a group are not: the group is.
    listed: bool,
}

impl<'a> Expansion<'a> {
    pub(super) fn new(sender: Sender<'a>, root: &TaskId, parent: &TaskId, ids: Ids<'a>) -> Self {
        Self { sender, root: root.clone(), parent: parent.clone(), ids, plan: Plan::default() }
    }

    /// Sends a signature with these arguments in front of its own and these options over its own.
    pub(super) fn send(
        &mut self,
        signature: Signature,
        args: &[Value],
        mut options: Options,
    ) -> Result<(), FollowError> {
        options.insert("root_id".to_owned(), json!(self.root));
        options.insert("parent_id".to_owned(), json!(self.parent));
        let given = Given { args, kwargs: &Map::new(), listed: true };
        self.apply(Node::read(signature)?, given, options).map(drop)
    }

    fn apply(&mut self, node: Node, given: Given<'_>, extra: Options) -> Result<ResultTuple, FollowError> {
        let Node { signature, kind } = node;
        match kind {
            Kind::Task => self.task(signature, given, extra),
            Kind::Chain(tasks) => self.chain(signature, tasks, given, extra),
            Kind::Group(tasks) => self.group(signature, tasks, given, extra),
            Kind::Chord(chord) => self.chord(signature, *chord, given, extra),
        }
    }

    fn task(
        &mut self,
        mut signature: Signature,
        given: Given<'_>,
        extra: Options,
    ) -> Result<ResultTuple, FollowError> {
        signature.prepend(given.args.iter().cloned());
        if !signature.immutable {
            signature.kwargs.extend(given.kwargs.clone());
        }
        merge(&mut signature.options, extra);
        if signature.option("ignore_result").is_none()
            && let Some(known) = self.sender.tasks.get(&signature.task)
        {
            signature.options.insert("ignore_result".to_owned(), json!(known.options.ignore_result));
        }
        let client = self.sender.client;
        let (queue, priority) = client.route(routed_by(&signature));
        if signature.option("priority").is_none()
            && let Some(priority) = priority
        {
            signature.options.insert("priority".to_owned(), json!(priority));
        }
        let id = signature.task_id().unwrap_or_else(|| self.ids.next().into());
        let call = Call { id, now: self.sender.now, origin: client.origin(), queue, parent: None };
        let message = signature.into_message(call)?;
        let tuple = ResultTuple::task(message.headers.id.as_str());
        self.plan.add(message)?;
        if given.listed {
            self.plan.children.push(tuple.to_value());
        }
        Ok(tuple)
    }

    fn chain(
        &mut self,
        signature: Signature,
        tasks: Vec<Node>,
        given: Given<'_>,
        extra: Options,
    ) -> Result<ResultTuple, FollowError> {
        let mut options = signature.options;
        options.extend(extra);
        let mut steps = steps::prepare(tasks);
        for errback in list_of(options.remove("link_error")) {
            steps.iter_mut().for_each(|step| step.link_error(errback.clone()));
        }
        let callbacks = list_of(options.remove("link"));
        if let Some(last) = steps.last_mut() {
            callbacks.into_iter().for_each(|callback| last.link(callback));
        }
        let place = Place {
            id: text(&options, "task_id"),
            group: text(&options, "group_id"),
            chord: options.get("chord").cloned(),
            index: options.get("group_index").and_then(Value::as_i64),
        };
        let whole = freeze::chain(&mut steps, &place, &mut self.ids, &self.root);
        let mut rest = steps.into_iter();
        let (Some(first), Some(whole)) = (rest.next(), whole) else {
            // A chain without steps does nothing and has no result, as in Celery.
            return Ok(ResultTuple::task(self.ids.next()));
        };
        let to_first = |name: &String| !OF_THE_CHAIN.contains(&name.as_str());
        let mut options: Options = options.into_iter().filter(|(name, _)| to_first(name)).collect();
        self.kin(&mut options);
        // The next step is the last of the list; what was to follow this chain stays in front.
        let mut chain = list_of(options.remove("chain"));
        let only = rest.len() == 0;
        chain.extend(rest.rev().map(|step| step.write()));
        options.insert("chain".to_owned(), Value::Array(chain));
        let args = [given.args, signature.args.as_slice()].concat();
        let args = if signature.immutable { &signature.args } else { &args };
        let sent = self.apply(first, Given { args, ..given }, options)?;
        Ok(if only { sent } else { whole })
    }

    fn group(
        &mut self,
        signature: Signature,
        tasks: Vec<Node>,
        given: Given<'_>,
        extra: Options,
    ) -> Result<ResultTuple, FollowError> {
        // One that was given a group is a part of a chord further out, which counts its tasks already.
        let counts_itself = signature.option("group_id").is_none();
        let mut options = signature.options;
        merge(&mut options, extra);
        let gid = text(&options, "task_id").unwrap_or_else(|| self.ids.next());
        let chord = options.get("chord").filter(|chord| !chord.is_null()).cloned();
        let mut tasks = flatten_groups(tasks);
        for callback in list_of(options.remove("link")) {
            tasks.iter_mut().for_each(|task| task.link(callback.clone()));
        }
        for errback in list_of(options.remove("link_error")) {
            tasks.iter_mut().for_each(|task| task.link_error(errback.clone()));
        }
        if tasks.is_empty() {
            return Ok(ResultTuple::group(gid, Vec::new()));
        }
        if chord.is_some() && counts_itself {
            let size = tasks.iter().map(Node::ends).sum();
            self.plan.chords.push(NewChord { group: gid.clone(), size, structure: None });
        }
        let members = self.members(tasks, &gid, chord.as_ref(), given, options)?;
        Ok(self.listed(ResultTuple::group(gid, members), given))
    }

    fn chord(
        &mut self,
        signature: Signature,
        chord: Chord,
        given: Given<'_>,
        extra: Options,
    ) -> Result<ResultTuple, FollowError> {
        let Chord { header, header_id, mut body } = chord;
        let body_id = text(&signature.options, "task_id");
        let gid = header_id.or_else(|| body_id.clone()).unwrap_or_else(|| self.ids.next());
        let mut options = signature.options;
        let mut for_body = extra.clone();
        options.extend(extra);
        for name in ["countdown", "eta", "link", "link_error", "parent_id"] {
            for_body.remove(name);
        }
        merge(body.options(), for_body);
        for callback in list_of(options.remove("link")) {
            body.link(callback);
        }
        for errback in list_of(options.remove("link_error")) {
            body.link_error(errback);
        }
        // The chord's own options are its body's; only when to start is its header's.
        let of_header = |name: &str| matches!(name, "countdown" | "eta" | "parent_id" | "task_id");
        let own = options.iter().filter(|(name, value)| !of_header(name) && !value.is_null());
        body.options().extend(own.map(|(name, value)| (name.clone(), value.clone())));
        let place = Place { id: body_id, group: Some(gid.clone()), ..Place::default() };
        let body_result = freeze(&mut body, &place, &mut self.ids, &self.root);
        options.remove("chain");
        let header = flatten_groups(header);
        if header.is_empty() {
            let mut options = Options::new();
            self.kin(&mut options);
            let given = Given { args: &[json!([])], kwargs: &Map::new(), ..given };
            return self.apply(body, given, options);
        }
        let size = header.iter().map(Node::ends).sum();
        let body = body.write();
        let kwargs = signature.kwargs.get("kwargs").and_then(Value::as_object).cloned().unwrap_or_default();
        let args = [given.args, signature.args.as_slice()].concat();
        let args = if signature.immutable { &signature.args } else { &args };
        let of_members = Given { args, kwargs: &kwargs, ..given };
        let members = self.members(header, &gid, Some(&body), of_members, options)?;
        let complex = members.iter().any(ResultTuple::is_group);
        let result = ResultTuple::group(gid.clone(), members);
        let structure = complex.then(|| result::raw(&result.to_value()).expect("texts and lists are JSON"));
        self.plan.chords.push(NewChord { group: gid, size, structure });
        Ok(body_result.after(self.listed(result, given)))
    }

    /// Sends the tasks of a group. They are frozen one by one, so that only one of them carries a copy of the chord's
    /// body at a time.
    fn members(
        &mut self,
        tasks: Vec<Node>,
        gid: &str,
        chord: Option<&Value>,
        given: Given<'_>,
        mut options: Options,
    ) -> Result<Vec<ResultTuple>, FollowError> {
        OF_ITSELF.iter().for_each(|name| drop(options.remove(*name)));
        options.insert("group_id".to_owned(), json!(gid));
        self.kin(&mut options);
        let given = Given { listed: false, ..given };
        let mut results = Vec::with_capacity(tasks.len());
        for (index, mut task) in (0..).zip(tasks) {
            let place =
                Place { id: None, group: Some(gid.to_owned()), chord: chord.cloned(), index: Some(index) };
            results.push(freeze(&mut task, &place, &mut self.ids, &self.root));
            self.apply(task, given, options.clone())?;
        }
        Ok(results)
    }

    /// Lists a group whose tasks have been sent among the children.
    fn listed(&mut self, result: ResultTuple, given: Given<'_>) -> ResultTuple {
        if given.listed {
            // A group of one chain that ends in a group is that group.
            let only = result.members.as_deref().and_then(|members| match members {
                [only] if only.is_group() => Some(only),
                _ => None,
            });
            self.plan.children.push(only.unwrap_or(&result).to_value());
        }
        result
    }

    /// Root and parent are the same for everything that is sent on one occasion.
    fn kin(&self, options: &mut Options) {
        options.insert("root_id".to_owned(), json!(self.root));
        options.insert("parent_id".to_owned(), json!(self.parent));
    }
}

/// The task whose route counts: maps go where the task goes that they call.
fn routed_by(signature: &Signature) -> &str {
    let mapped = matches!(signature.subtask_type.as_deref(), Some("xmap" | "xstarmap"));
    let inner = signature.kwargs.get("task").filter(|_| mapped);
    inner.and_then(|task| task.get("task")).and_then(Value::as_str).unwrap_or(&signature.task)
}
