//! Gives everything an id, a root and a place in its group before it is sent, and says which results it will have.

use super::ids::Ids;
use super::node::{Kind, Node, flatten_groups};
use super::options::Options;
use super::steps;
use super::tuple::ResultTuple;
use crate::protocol::TaskId;
use serde_json::{Value, json};

/// What a task is told about where it belongs.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// Its id, unless it has one.
    pub(super) id: Option<String>,
    /// Its group, unless it has one.
    pub(super) group: Option<String>,
    /// The body of the chord it is a part of.
    pub(super) chord: Option<Value>,
    pub(super) index: Option<i64>,
}

pub(super) fn freeze(node: &mut Node, place: &Place, ids: &mut Ids<'_>, root: &TaskId) -> ResultTuple {
    match &mut node.kind {
        Kind::Task => {
            let options = &mut node.signature.options;
            let id = own_id(options, place.id.clone(), ids);
            options.insert("root_id".to_owned(), json!(root));
            if let Some(group) = &place.group {
                options.entry("group_id").or_insert_with(|| json!(group));
            }
            belong(options, place);
            ResultTuple::task(id)
        }
        Kind::Group(tasks) => {
            let options = &mut node.signature.options;
            let id = own_id(options, None, ids);
            if let Some(group) = &place.group {
                options.insert("group_id".to_owned(), json!(group));
            }
            belong(options, place);
            *tasks = flatten_groups(std::mem::take(tasks));
            let members = (0..).zip(tasks).map(|(index, task)| {
                let place = Place { id: None, index: Some(index), ..place.clone() };
                freeze(task, &place, ids, root)
            });
            ResultTuple::group(id, members.collect())
        }
        Kind::Chain(tasks) => {
            let mut frozen = steps::prepare(std::mem::take(tasks));
            let result = chain(&mut frozen, place, ids, root);
            *tasks = frozen;
            result.unwrap_or_else(|| ResultTuple::task(ids.next()))
        }
        // Tasks of the header are told their body when the chord is sent: every one of them carries a copy of it.
        Kind::Chord(chord) => {
            chord.header = flatten_groups(std::mem::take(&mut chord.header));
            let header_id = chord.header_id.get_or_insert_with(|| ids.next()).clone();
            let members = (0..).zip(&mut chord.header).map(|(index, task)| {
                let place = Place { index: Some(index), ..Place::default() };
                freeze(task, &place, ids, root)
            });
            let header = ResultTuple::group(header_id.clone(), members.collect());
            node.signature.options.insert("task_id".to_owned(), json!(header_id));
            freeze(&mut chord.body, place, ids, root).after(header)
        }
    }
}

/// Steps of a chain that was prepared. Only the last has a place in a group: by its end the chain ends.
pub(super) fn chain(
    steps: &mut [Node],
    place: &Place,
    ids: &mut Ids<'_>,
    root: &TaskId,
) -> Option<ResultTuple> {
    let last = steps.len().checked_sub(1)?;
    let mut whole: Option<ResultTuple> = None;
    for (number, step) in steps.iter_mut().enumerate() {
        let nowhere = Place::default();
        let result = freeze(step, if number == last { place } else { &nowhere }, ids, root);
        whole = Some(match whole {
            Some(earlier) => result.after(earlier),
            None => result,
        });
    }
    whole
}

fn own_id(options: &mut Options, wanted: Option<String>, ids: &mut Ids<'_>) -> String {
    if let Some(id) = options.get("task_id").and_then(Value::as_str) {
        return id.to_owned();
    }
    let id = wanted.unwrap_or_else(|| ids.next());
    options.insert("task_id".to_owned(), json!(id));
    id
}

fn belong(options: &mut Options, place: &Place) {
    if let Some(chord) = &place.chord {
        options.insert("chord".to_owned(), chord.clone());
    }
    if let Some(index) = place.index {
        options.insert("group_index".to_owned(), json!(index));
    }
}
