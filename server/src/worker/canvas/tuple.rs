//! Result tuples: how Celery writes down which results a call will have, `[[id, parent], members]`.

use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct ResultTuple {
    pub(super) id: String,
    /// The result of the step before it in a chain, or of the header of its chord.
    pub(super) parent: Option<Box<ResultTuple>>,
    /// The results of a group.
    pub(super) members: Option<Vec<ResultTuple>>,
}

impl ResultTuple {
    pub(super) fn task(id: impl Into<String>) -> Self {
        Self { id: id.into(), parent: None, members: None }
    }

    pub(super) fn group(id: impl Into<String>, members: Vec<Self>) -> Self {
        Self { id: id.into(), parent: None, members: Some(members) }
    }

    /// Puts `earlier` before the first of the results this one descends from.
    pub(super) fn after(mut self, earlier: Self) -> Self {
        let mut first = &mut self;
        while first.parent.is_some() {
            first = first.parent.as_mut().expect("just looked");
        }
        first.parent = Some(Box::new(earlier));
        self
    }

    pub(super) fn is_group(&self) -> bool {
        self.members.is_some()
    }

    pub(super) fn to_value(&self) -> Value {
        let parent = self.parent.as_ref().map(|parent| parent.to_value());
        let members: Option<Vec<Value>> =
            self.members.as_ref().map(|members| members.iter().map(Self::to_value).collect());
        json!([[self.id, parent], members])
    }
}
