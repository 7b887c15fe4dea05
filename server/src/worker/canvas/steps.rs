//! The steps of a chain as they are run: inner chains spliced in, groups that are followed by something turned into
//! chords, the tail of a chord's body taken out of it.

use super::node::{Chord, Kind, Node};
use super::options::{Options, list_of};
use std::collections::VecDeque;

/// Options of a chain that are its own and not those of its first task.
pub(super) const OF_THE_CHAIN: &[&str] =
    &["chord", "group_id", "group_index", "link", "link_error", "parent_id", "root_id", "task_id"];

pub(super) fn prepare(tasks: Vec<Node>) -> Vec<Node> {
    let mut flat = Vec::with_capacity(tasks.len());
    tasks.into_iter().for_each(|task| flatten(task, &mut flat));
    // Empty groups pass nothing on, so they are left out; a chain of nothing else is one empty group.
    if flat.iter().all(Node::is_empty) {
        flat.truncate(1);
    } else {
        flat.retain(|step| !step.is_empty());
    }
    let mut steps = VecDeque::with_capacity(flat.len());
    while let Some(mut step) = flat.pop() {
        if matches!(step.kind, Kind::Group(_))
            && let Some(next) = steps.pop_front()
        {
            let id = step.signature.option_text("task_id").map(str::to_owned);
            let Kind::Group(tasks) = step.kind else { unreachable!("just matched") };
            step = Node::chord(tasks, id, next);
        }
        steps.push_front(step);
    }
    steps.into()
}

fn flatten(mut node: Node, steps: &mut Vec<Node>) {
    match node.kind {
        Kind::Chain(tasks) => {
            unchain(&mut node.signature.options, tasks).into_iter().for_each(|task| flatten(task, steps));
        }
        Kind::Group(mut tasks) if tasks.len() == 1 => flatten(tasks.remove(0), steps),
        Kind::Chord(chord) => {
            let (chord, tail) = unroll(*chord);
            steps.push(Node { kind: Kind::Chord(Box::new(chord)), ..node });
            tail.into_iter().for_each(|task| flatten(task, steps));
        }
        _ => steps.push(node),
    }
}

/// A chord with the first task of its body only, and the rest of the body's chain. Every task of a header carries a
/// copy of the body, so a body should not hold what can just as well follow it.
fn unroll(chord: Chord) -> (Chord, Vec<Node>) {
    let Chord { header, header_id, mut body } = chord;
    match body.kind {
        Kind::Chain(tasks) if tasks.first().is_some_and(|first| !matches!(first.kind, Kind::Group(_))) => {
            let mut tasks = unchain(&mut body.signature.options, tasks);
            let mut first = tasks.remove(0);
            let own = std::mem::take(&mut body.signature.options);
            let own = own.into_iter().filter(|(name, _)| !OF_THE_CHAIN.contains(&name.as_str()));
            for (name, value) in own {
                first.options().insert(name, value);
            }
            (Chord { header, header_id, body: first }, tasks)
        }
        _ => (Chord { header, header_id, body }, Vec::new()),
    }
}

/// The tasks of a chain with what is linked to the chain: callbacks to the last, errbacks to all.
fn unchain(options: &mut Options, mut tasks: Vec<Node>) -> Vec<Node> {
    for callback in list_of(options.remove("link")) {
        if let Some(last) = tasks.last_mut() {
            last.link(callback);
        }
    }
    for errback in list_of(options.remove("link_error")) {
        tasks.iter_mut().for_each(|task| task.link_error(errback.clone()));
    }
    tasks
}
