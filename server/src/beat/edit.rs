//! What people do to entries: add, change, delete, pause, run now.

use super::entry::{self, Entry, Origin};
use super::state::{Mark, MarkKind, State};
use super::{Beat, ENTRIES, Inner, STATES};
use crate::broker::{BrokerError, Change};
use crate::client::SendError;
use crate::protocol::TaskId;
use crate::schedule::{Definition, Mistake};
use serde_json::Value;
use std::sync::atomic::Ordering;

/// How often a change is tried that somebody else comes in between of.
const ATTEMPTS: usize = 20;
/// Browsers, or our own pages, understand these as something else.
const NO_ADDRESS: [&str; 3] = [".", "..", "new"];
/// Room for every name and for arguments; what needs more belongs into a store of its own.
const LARGEST_ENTRY: usize = 256 << 10;

/// Why an entry was not changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BeatError {
    #[error("there is no schedule of this name")]
    NotFound,
    #[error("another schedule has this name already")]
    Taken,
    /// It was brought by a file or by code.
    #[error("this schedule comes from {0} and is changed there; here it can be paused")]
    ReadOnly(Origin),
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Wrong(Vec<Mistake>),
    #[error("somebody else keeps changing this schedule; try again")]
    Busy,
    #[error(transparent)]
    Broker(#[from] BrokerError),
}

impl Beat {
    /// Adds an entry, or changes the one that has the name `instead_of` now. Answers whether it is a new one.
    pub async fn put(&self, name: &str, entry: Value, instead_of: Option<&str>) -> Result<bool, BeatError> {
        let inner = &*self.0;
        let entry = inner.in_zone(entry);
        check_name(name)?;
        let before = instead_of.map(|old| self.stored(old)).transpose()?;
        let is_renamed = instead_of.is_some_and(|old| old != name);
        let paused = before.as_ref().is_some_and(|before| before.paused);
        let note = entry::write(&Origin::Stored, paused, &entry);
        if note.len() > LARGEST_ENTRY {
            let sentence = format!("is larger than {} KiB", LARGEST_ENTRY >> 10);
            return Err(BeatError::Wrong(vec![Mistake { field: "entry".to_owned(), sentence }]));
        }
        let read = Entry::read(name.into(), note.clone().into(), None, &inner.settings);
        if let Err(mistakes) = &read.definition {
            return Err(BeatError::Wrong(mistakes.to_vec()));
        }
        let was = before.as_ref().filter(|_| !is_renamed).map(|before| before.note.to_string());
        let is_new = before.is_none();
        let change = Change { name: name.to_owned(), was, becomes: Some(note), messages: Vec::new() };
        if !inner.change(ENTRIES, change).await? {
            inner.refresh(vec![name.to_owned()]).await?;
            return Err(if is_new || is_renamed { BeatError::Taken } else { BeatError::Busy });
        }
        if let Some(before) = before.filter(|_| is_renamed) {
            inner.take_out(&before).await?;
        }
        inner.refresh(vec![name.to_owned()]).await?;
        Ok(is_new)
    }

    /// Deletes an entry that was added here.
    pub async fn remove(&self, name: &str) -> Result<(), BeatError> {
        let entry = self.stored(name)?;
        let is_out = self.0.take_out(&entry).await?;
        if is_out { Ok(()) } else { Err(BeatError::Busy) }
    }

    /// Switches an entry off or on, whoever brought it.
    pub async fn pause(&self, name: &str, paused: bool) -> Result<(), BeatError> {
        let entry = self.entry(name).ok_or(BeatError::NotFound)?;
        if entry.paused == paused {
            return Ok(());
        }
        let note = entry::write(&entry.origin, paused, &entry.value());
        let was = Some(entry.note.to_string());
        let change = Change { name: name.to_owned(), was, becomes: Some(note), messages: Vec::new() };
        let is_made = self.0.change(ENTRIES, change).await?;
        self.0.refresh(vec![name.to_owned()]).await?;
        if is_made { Ok(()) } else { Err(BeatError::Busy) }
    }

    /// Sends an entry's task at once, with the entry's own options. What it is due for later stays as it is.
    pub async fn run_now(&self, name: &str) -> Result<TaskId, BeatError> {
        let inner = &*self.0;
        for _ in 0..ATTEMPTS {
            let entry = self.entry(name).ok_or(BeatError::NotFound)?;
            let definition =
                entry.definition.as_ref().map_err(|mistakes| BeatError::Wrong(mistakes.to_vec()))?;
            let now = inner.clock.now();
            // One that has not begun yet is begun by the scheduler, and not by this.
            let mut state = entry.state().unwrap_or_else(|| State::new(String::new(), now));
            let mark = Mark::new(now, now, MarkKind::ByHand, 1);
            let id = state.head.task_id(mark.due);
            state.add(mark);
            let message = inner.client.prepare(inner.task(name, definition, id.clone(), now, now));
            let message = message.map_err(|error| match error {
                SendError::Broker(error) => BeatError::Broker(error),
                SendError::Invalid(sentence) => {
                    BeatError::Wrong(vec![Mistake { field: "options".to_owned(), sentence }])
                }
            })?;
            let text = state.write();
            let change = Change {
                name: name.to_owned(),
                was: entry.state.as_deref().map(str::to_owned),
                becomes: Some(text.clone()),
                messages: vec![message.clone()],
            };
            if inner.change(STATES, change).await? {
                inner.agenda().put_state(name, Some(text.into()), now);
                tracing::info!(task = definition.task, %id, "beat: sending task {name} because somebody asked for it");
                inner.client.announce(&[message]).await;
                inner.changed();
                return Ok(id);
            }
            inner.refresh(vec![name.to_owned()]).await?;
        }
        Err(BeatError::Busy)
    }

    fn stored(&self, name: &str) -> Result<Entry, BeatError> {
        let entry = self.entry(name).ok_or(BeatError::NotFound)?;
        if entry.is_stored() { Ok(entry) } else { Err(BeatError::ReadOnly(entry.origin)) }
    }
}

impl Inner {
    async fn change(&self, book: &'static str, change: Change) -> Result<bool, BrokerError> {
        let is_made = self.notebook.write(book, vec![change]).await?.first() == Some(&true);
        if is_made && book == ENTRIES {
            self.own_changes.fetch_add(1, Ordering::Relaxed);
        }
        Ok(is_made)
    }

    /// Takes an entry and its past out.
    async fn take_out(&self, entry: &Entry) -> Result<bool, BrokerError> {
        let (name, was) = (entry.name.to_string(), Some(entry.note.to_string()));
        let change = Change { name: name.clone(), was, becomes: None, messages: Vec::new() };
        let is_out = self.change(ENTRIES, change).await?;
        if is_out {
            self.forget_states(vec![name.clone()]).await?;
        }
        self.refresh(vec![name]).await?;
        Ok(is_out)
    }
}

fn check_name(name: &str) -> Result<(), BeatError> {
    Definition::check_name(name).map_err(|mistake| BeatError::Wrong(vec![mistake]))?;
    if NO_ADDRESS.contains(&name) {
        let sentence = "cannot stand in the address of its page; take another name".to_owned();
        return Err(BeatError::Wrong(vec![Mistake { field: "name".to_owned(), sentence }]));
    }
    Ok(())
}
