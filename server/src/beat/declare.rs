//! Makes the entries of this process's file and code known to all.
//!
//! Whoever leads has to know them, also after this process has gone. So they are notes like all others, and a process
//! takes out at its start what it had brought before and does not bring any more.

use super::entry::{self, Entry, Origin};
use super::{ENTRIES, Inner, STATES};
use crate::broker::{BrokerError, Change, Note};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Entries in one write at most.
const BATCH: usize = 1_000;

/// An entry from the configuration or from code, as it is written there.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    pub name: String,
    pub origin: Origin,
    pub entry: Value,
}

/// Answers with the notes of all entries where nothing had to be changed: they need not be read once more.
pub(super) async fn declare(inner: &Inner, declared: &[Declared]) -> Result<Option<Vec<Note>>, BrokerError> {
    let node = inner.settings.node.as_str();
    let notes = inner.notebook.notes(ENTRIES).await?;
    let known: HashMap<&str, &str> =
        notes.iter().map(|note| (note.name.as_str(), note.text.as_str())).collect();
    let mut changes = Vec::new();
    let mut kept = HashSet::new();
    for Declared { name, origin, entry } in declared {
        let was = known.get(name.as_str()).map(|was| (*was).to_owned());
        let before = was.as_deref().and_then(entry::brought);
        if let Some((Origin::Stored, _)) = before {
            tracing::error!(
                schedule = name,
                "beat: an entry of this name was added by hand, so the one of {origin} is passed over; delete that one \
                 or rename one of them"
            );
            continue;
        }
        kept.insert(name.as_str());
        let paused = before.is_some_and(|(_, paused)| paused);
        let text = entry::write(origin, paused, &inner.in_zone(entry.clone()));
        if was.as_ref() != Some(&text) {
            changes.push(Change { name: name.clone(), was, becomes: Some(text), messages: Vec::new() });
        }
    }
    let written = Value::from(node).to_string();
    let gone = known.iter().filter(|(name, text)| {
        // The first look is cheap: most entries of many were added by hand, and name no process.
        text.contains(&written)
            && !kept.contains(*name)
            && entry::brought(text).is_some_and(|(origin, _)| origin.node() == Some(node))
    });
    let gone: Vec<String> = gone.map(|(name, _)| (*name).to_owned()).collect();
    changes.extend(gone.iter().map(|name| Change {
        name: name.clone(),
        was: known.get(name.as_str()).map(|was| (*was).to_owned()),
        becomes: None,
        messages: Vec::new(),
    }));
    for name in &gone {
        tracing::info!(
            schedule = name,
            "beat: this process does not bring the entry any more; it is taken out"
        );
    }
    let is_as_before = changes.is_empty();
    while !changes.is_empty() {
        let rest = changes.split_off(BATCH.min(changes.len()));
        // What somebody else has changed in this very moment is looked at again at the next start.
        inner.notebook.write(ENTRIES, std::mem::replace(&mut changes, rest)).await?;
    }
    inner.forget_states(gone).await?;
    for declared in declared.iter().filter(|declared| kept.contains(declared.name.as_str())) {
        report(inner, declared);
    }
    Ok(is_as_before.then_some(notes))
}

/// A bad entry is one line at the start, and harms no other.
fn report(inner: &Inner, declared: &Declared) {
    let note = entry::write(&declared.origin, false, &declared.entry);
    let entry = Entry::read(declared.name.as_str().into(), note.into(), None, &inner.settings);
    if let Err(mistakes) = &entry.definition {
        let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        tracing::error!(
            schedule = declared.name,
            "beat: the entry of {} is wrong and does not run: {}",
            declared.origin,
            mistakes.join("; ")
        );
    }
}

impl Inner {
    /// The entry with the zone it is in: who leads later may have another one by default.
    pub(super) fn in_zone(&self, mut entry: Value) -> Value {
        if let Some(fields) = entry.as_object_mut() {
            fields.entry("timezone").or_insert_with(|| self.settings.zone.name().into());
        }
        entry
    }

    pub(super) async fn forget_states(&self, names: Vec<String>) -> Result<(), BrokerError> {
        if names.is_empty() {
            return Ok(());
        }
        let states = self.notebook.read(STATES, names.clone()).await?;
        let changes = names.into_iter().zip(states).filter(|(_, state)| state.is_some());
        let changes =
            changes.map(|(name, was)| Change { name, was, becomes: None, messages: Vec::new() }).collect();
        self.notebook.write(STATES, changes).await?;
        Ok(())
    }
}
