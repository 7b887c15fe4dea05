//! What a task is called with, before anybody has looked at its meaning.

use crate::protocol::{Body, Embed};
use serde_json::{Map, Value};

/// The raw arguments of a call, and what follows the task.
///
/// As an extractor it takes whatever comes, so a handler takes either `Call` or [`Args`](super::Args).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Call {
    pub args: Vec<Value>,
    pub kwargs: Map<String, Value>,
    pub embed: Embed,
}

impl Call {
    pub fn new(args: Vec<Value>, kwargs: Map<String, Value>) -> Self {
        Self { args, kwargs, embed: Embed::default() }
    }
}

impl From<Body> for Call {
    fn from(body: Body) -> Self {
        Self { args: body.args, kwargs: body.kwargs, embed: body.embed }
    }
}
