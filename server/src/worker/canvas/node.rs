//! A signature taken apart: chains, groups and chords as trees, so that ids and links can be put where they belong.

use super::options::{Options, add_to_list, list_of};
use crate::protocol::Signature;
use crate::protocol::signature::SignatureError;
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// Without the parts, which are in `kind`.
    pub(super) signature: Signature,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Task,
    Chain(Vec<Node>),
    Group(Vec<Node>),
    Chord(Box<Chord>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chord {
    pub(super) header: Vec<Node>,
    /// The id the header has as a group, where it has one already.
    pub(super) header_id: Option<String>,
    pub(super) body: Node,
}

impl Node {
    pub(super) fn read(mut signature: Signature) -> Result<Self, SignatureError> {
        let kind = match signature.subtask_type.as_deref() {
            Some("chain") => Kind::Chain(read_all(signature.kwargs.remove("tasks"))?),
            Some("group") => Kind::Group(read_all(signature.kwargs.remove("tasks"))?),
            Some("chord") => Kind::Chord(Box::new(Chord::read(&mut signature)?)),
            Some("chunks") => return read_all(Some(chunks(signature))).map(Self::group),
            // These two bring their arguments along, whatever their sender wrote about it.
            Some("xmap" | "xstarmap") => {
                signature.immutable = true;
                Kind::Task
            }
            _ => Kind::Task,
        };
        Ok(Self { signature, kind })
    }

    /// A group of these.
    pub(super) fn group(tasks: Vec<Self>) -> Self {
        Self { signature: composite("celery.group", "group"), kind: Kind::Group(tasks) }
    }

    /// What a group followed by a task means.
    pub(super) fn chord(header: Vec<Self>, header_id: Option<String>, body: Self) -> Self {
        let chord = Chord { header, header_id, body };
        Self { signature: composite("celery.chord", "chord"), kind: Kind::Chord(Box::new(chord)) }
    }

    pub(super) fn write(&self) -> Value {
        let mut signature = self.signature.clone();
        match &self.kind {
            Kind::Task => {}
            Kind::Chain(tasks) | Kind::Group(tasks) => {
                signature.kwargs.insert("tasks".to_owned(), write_all(tasks));
            }
            Kind::Chord(chord) => {
                let mut header = composite("celery.group", "group");
                header.kwargs.insert("tasks".to_owned(), write_all(&chord.header));
                if let Some(id) = &chord.header_id {
                    header.options.insert("task_id".to_owned(), json!(id));
                }
                signature.kwargs.insert("header".to_owned(), header.to_value());
                signature.kwargs.insert("body".to_owned(), chord.body.write());
            }
        }
        signature.to_value()
    }

    pub(super) fn options(&mut self) -> &mut Options {
        &mut self.signature.options
    }

    /// How many ends of tasks it makes in the chord it is a part of.
    pub(super) fn ends(&self) -> u64 {
        match &self.kind {
            Kind::Task => 1,
            Kind::Chain(tasks) => tasks.iter().rev().map(Self::ends).find(|ends| *ends > 0).unwrap_or(0),
            Kind::Group(tasks) => tasks.iter().map(Self::ends).sum(),
            Kind::Chord(chord) => chord.body.ends(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(&self.kind, Kind::Chain(tasks) | Kind::Group(tasks) if tasks.is_empty())
    }

    /// Links something to its success.
    pub(super) fn link(&mut self, callback: Value) {
        match &mut self.kind {
            Kind::Task | Kind::Chain(_) => add_to_list(self.options(), "link", callback),
            // A group has no end of its own; Celery hangs it on the first of its tasks, without the result.
            Kind::Group(tasks) => {
                if let (Some(first), Value::Object(mut callback)) = (tasks.first_mut(), callback) {
                    callback.insert("immutable".to_owned(), json!(true));
                    first.link(Value::Object(callback));
                }
            }
            Kind::Chord(chord) => chord.body.link(callback),
        }
    }

    /// Links something to its failure.
    pub(super) fn link_error(&mut self, errback: Value) {
        match &mut self.kind {
            Kind::Task | Kind::Chain(_) => add_to_list(self.options(), "link_error", errback),
            Kind::Group(tasks) => tasks.iter_mut().for_each(|task| task.link_error(errback.clone())),
            Kind::Chord(chord) => chord.body.link_error(errback),
        }
    }
}

impl Chord {
    fn read(signature: &mut Signature) -> Result<Self, SignatureError> {
        let body = signature.kwargs.remove("body").unwrap_or_default();
        let body = Node::read(Signature::parse(body)?)?;
        let header = signature.kwargs.remove("header");
        let mut header_id = None;
        let mut tasks = read_all(header)?;
        if let [Node { signature, kind: Kind::Group(_) }] = tasks.as_slice() {
            header_id = signature.option_text("task_id").map(str::to_owned);
        }
        // A header is a list of tasks or the group of them.
        if header_id.is_some() || matches!(tasks.as_slice(), [Node { kind: Kind::Group(_), .. }]) {
            tasks = flatten_groups(tasks);
        }
        Ok(Self { header: tasks, header_id, body })
    }
}

/// Groups in groups are one group; empty chains are nothing.
pub(super) fn flatten_groups(tasks: Vec<Node>) -> Vec<Node> {
    let mut flat = Vec::with_capacity(tasks.len());
    for task in tasks {
        match task.kind {
            Kind::Group(inner) => flat.extend(flatten_groups(inner)),
            Kind::Chain(inner) if inner.is_empty() => {}
            _ => flat.push(task),
        }
    }
    flat
}

fn read_all(tasks: Option<Value>) -> Result<Vec<Node>, SignatureError> {
    Signature::parse_list(tasks.as_ref())?.into_iter().map(Node::read).collect()
}

fn write_all(tasks: &[Node]) -> Value {
    tasks.iter().map(Node::write).collect()
}

fn composite(task: &str, subtask_type: &str) -> Signature {
    Signature { subtask_type: Some(subtask_type.to_owned()), ..Signature::new(task) }
}

/// `celery.chunks` is a group of `celery.starmap`, one for each `n` items.
fn chunks(mut signature: Signature) -> Value {
    let size = signature.kwargs.get("n").and_then(Value::as_u64).map_or(1, |n| n.max(1));
    let task = signature.kwargs.remove("task").unwrap_or_default();
    let items = list_of(signature.kwargs.remove("it"));
    let parts = items.chunks(usize::try_from(size).unwrap_or(usize::MAX));
    parts
        .map(|part| {
            json!({"task": "celery.starmap", "args": [], "kwargs": {"task": task, "it": part}, "options": {},
                "subtask_type": "xstarmap", "immutable": true})
        })
        .collect()
}
