//! Signatures: calls that are written down to be made later. Callbacks, steps of a chain and bodies of chords travel
//! inside of a message as signatures.
//!
//! A signature is kept as it came, with options and fields we have no use for, because most of them are only passed
//! on: a Python worker further down the chain must find what its sender wrote.

mod call;

pub use call::{Call, CallError};

use super::TaskId;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// A task to call: with what, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    pub task: String,
    #[serde(default, deserialize_with = "or_default")]
    pub args: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub kwargs: Map<String, Value>,
    /// What Celery's `apply_async` takes, under its names.
    #[serde(default, deserialize_with = "or_default")]
    pub options: Map<String, Value>,
    /// `chain`, `group`, `chord` and so on; nothing for a plain call.
    #[serde(default)]
    pub subtask_type: Option<String>,
    /// It takes no arguments beyond its own: not the result of the task before it, either.
    #[serde(default, deserialize_with = "or_default")]
    pub immutable: bool,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What a signature is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// One task; also `celery.map`, `celery.starmap` and whatever else a worker runs as a task.
    Task,
    /// One after the other, each with the result of the one before.
    Chain(Vec<Signature>),
    /// All at once.
    Group(Vec<Signature>),
    /// A group, and then a task with the list of its results.
    Chord { header: Vec<Signature>, body: Box<Signature> },
}

/// Why something is not a signature.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("not a signature: {0}")]
pub struct SignatureError(String);

impl SignatureError {
    fn missing(part: &str, of: &str) -> Self {
        Self(format!("a {of} without {part}"))
    }
}

impl Signature {
    /// A call without arguments or options.
    pub fn new(task: impl Into<String>) -> Self {
        Self { task: task.into(), ..Self::default() }
    }

    #[must_use]
    pub fn with_args(mut self, args: Vec<Value>) -> Self {
        self.args = args;
        self
    }

    #[must_use]
    pub fn with_kwargs(mut self, kwargs: Map<String, Value>) -> Self {
        self.kwargs = kwargs;
        self
    }

    /// Sets an option, such as `queue` or `link_error`; an old one of the name is replaced.
    #[must_use]
    pub fn with_option(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.options.insert(name.to_owned(), value.into());
        self
    }

    pub fn parse(value: Value) -> Result<Self, SignatureError> {
        serde_json::from_value(value).map_err(|error| SignatureError(error.to_string()))
    }

    /// Where Celery takes one signature, several or none: `link`, `embed.callbacks`, `embed.errbacks`.
    pub fn parse_list(value: Option<&Value>) -> Result<Vec<Self>, SignatureError> {
        match value {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => items.iter().cloned().map(Self::parse).collect(),
            Some(one) => Ok(vec![Self::parse(one.clone())?]),
        }
    }

    /// As JSON, to stand in an embed or in another signature's options.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("its keys are text")
    }

    /// Gives it what it was waiting for, in front of its own arguments: the result of the task before it. One that is
    /// immutable stays as it is.
    pub fn prepend(&mut self, args: impl IntoIterator<Item = Value>) {
        if !self.immutable {
            self.args.splice(0..0, args);
        }
    }

    /// An option that is there and not null.
    pub fn option(&self, name: &str) -> Option<&Value> {
        self.options.get(name).filter(|value| !value.is_null())
    }

    pub fn option_text(&self, name: &str) -> Option<&str> {
        self.option(name).and_then(Value::as_str)
    }

    /// The id the call will have, where its sender chose one: others may wait for it already.
    pub fn task_id(&self) -> Option<TaskId> {
        self.option_text("task_id").map(TaskId::from)
    }

    /// What it is made of. A group's tasks may be one signature instead of a list, and a chord's header a group.
    pub fn shape(&self) -> Result<Shape, SignatureError> {
        match self.subtask_type.as_deref() {
            Some("chain") => Ok(Shape::Chain(self.parts("tasks", "chain")?)),
            Some("group") => Ok(Shape::Group(self.parts("tasks", "group")?)),
            Some("chord") => {
                let body = self.kwargs.get("body").ok_or_else(|| SignatureError::missing("body", "chord"))?;
                let mut header = self.parts("header", "chord")?;
                if let [only] = header.as_slice()
                    && let Shape::Group(tasks) = only.shape()?
                {
                    header = tasks;
                }
                Ok(Shape::Chord { header, body: Box::new(Self::parse(body.clone())?) })
            }
            _ => Ok(Shape::Task),
        }
    }

    fn parts(&self, name: &str, of: &str) -> Result<Vec<Self>, SignatureError> {
        match self.kwargs.get(name) {
            None | Some(Value::Null) => Err(SignatureError::missing(name, of)),
            tasks => Self::parse_list(tasks),
        }
    }
}

/// Null stands for nothing at all.
fn or_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn add() -> Value {
        json!({"task": "proj.add", "args": [3], "kwargs": {}, "options": {"task_id": "b", "queue": null},
            "subtask_type": null, "immutable": false, "chord_size": 2})
    }

    #[test]
    fn comes_back_as_it_was() {
        let signature = Signature::parse(add()).expect("sound");
        assert_eq!(signature.to_value(), add());
        assert_eq!(signature.task_id(), Some(TaskId::from("b")));
        assert_eq!(signature.option("queue"), None);
        let fields = serde_json::to_string(&signature).expect("JSON");
        assert!(fields.starts_with(r#"{"task":"proj.add","args":[3],"kwargs":{},"options":"#), "{fields}");
    }

    #[test]
    fn parts_may_be_missing_but_not_the_task() {
        let poor = Signature::parse(json!({"task": "t", "args": null, "options": null})).expect("sound");
        assert_eq!(poor, Signature::new("t"));
        for wrong in [json!({}), json!("t"), json!({"task": 1}), json!({"task": "t", "args": {}})] {
            assert!(Signature::parse(wrong.clone()).is_err(), "{wrong}");
        }
        assert_eq!(Signature::parse_list(None), Ok(vec![]));
        assert_eq!(Signature::parse_list(Some(&add())).map(|list| list.len()), Ok(1));
    }

    #[test]
    fn the_result_comes_first_unless_it_is_not_wanted() {
        let mut signature = Signature::parse(add()).expect("sound");
        signature.prepend([json!("r")]);
        assert_eq!(signature.args, [json!("r"), json!(3)]);
        signature.immutable = true;
        signature.prepend([json!("again")]);
        assert_eq!(signature.args.len(), 2);
    }

    #[test]
    fn composites_are_taken_apart() {
        let group =
            json!({"task": "celery.group", "kwargs": {"tasks": [add(), add()]}, "subtask_type": "group"});
        let chord = json!({"task": "celery.chord", "subtask_type": "chord",
            "kwargs": {"header": group, "body": add(), "kwargs": {}}});
        let one = Signature::parse(add()).expect("sound");
        assert_eq!(one.shape(), Ok(Shape::Task));
        assert_eq!(
            Signature::parse(group).expect("sound").shape(),
            Ok(Shape::Group(vec![one.clone(), one.clone()]))
        );
        let shape = Signature::parse(chord).expect("sound").shape();
        assert_eq!(shape, Ok(Shape::Chord { header: vec![one.clone(), one.clone()], body: Box::new(one) }));
        let broken = Signature { subtask_type: Some("chain".to_owned()), ..Signature::new("celery.chain") };
        assert!(broken.shape().is_err());
    }
}
