//! An entry of the schedule, and the note it is kept as.

use super::BeatSettings;
use super::state::{Head, State};
use crate::nearest::nearest;
use crate::schedule::{Definition, Mistake, Occurrence};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;
use std::sync::Arc;

/// Who brought an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// The configuration file of a process.
    File { path: String, node: String },
    /// The code of a program.
    Code { node: String },
    /// Somebody added it while we ran.
    Stored,
}

/// An entry as others than the scheduler see it. Copies share what is large.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: Arc<str>,
    pub origin: Origin,
    /// What it means; or all that is wrong with it.
    pub definition: Result<Arc<Definition>, Arc<[Mistake]>>,
    /// Somebody switched it off.
    pub paused: bool,
    /// How far it has come, once it has begun.
    pub head: Option<Head>,
    /// When it is due next, unless it is off, broken or done.
    pub next: Option<Occurrence>,
    is_noticed: bool,
    pub(super) note: Arc<str>,
    pub(super) state: Option<Arc<str>>,
}

/// The note of an entry.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    origin: Origin,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    paused: bool,
    #[serde(borrow)]
    entry: &'a RawValue,
}

/// The text of an entry's note.
pub(super) fn write(origin: &Origin, paused: bool, entry: &Value) -> String {
    let entry = serde_json::value::to_raw_value(entry).expect("JSON values always serialise");
    let written = Written { origin: origin.clone(), paused, entry: &entry };
    serde_json::to_string(&written).expect("texts always serialise")
}

/// Who brought the entry of a note, and whether it is switched off.
pub(super) fn brought(note: &str) -> Option<(Origin, bool)> {
    let written = serde_json::from_str::<Written<'_>>(note).ok()?;
    Some((written.origin, written.paused))
}

impl Origin {
    /// The process that brings it.
    pub(super) fn node(&self) -> Option<&str> {
        match self {
            Self::File { node, .. } | Self::Code { node } => Some(node),
            Self::Stored => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, node } => write!(f, "{path} ({node})"),
            Self::Code { node } => write!(f, "the code of {node}"),
            Self::Stored => f.write_str("the dashboard"),
        }
    }
}

impl BeatSettings {
    /// What an entry means, as far as this process can tell.
    fn read(&self, entry: &Value) -> Result<Definition, Vec<Mistake>> {
        let definition = Definition::read(entry, self.zone)?;
        match &self.tasks {
            Some(tasks) if !tasks.contains(&definition.task) => {
                let meant = nearest(&definition.task, tasks.iter().map(String::as_str));
                let hint = meant.map_or_else(String::new, |meant| format!("; did you mean '{meant}'?"));
                let sentence = format!("'{}' is not registered here{hint}", definition.task);
                Err(vec![Mistake { field: "task".to_owned(), sentence }])
            }
            _ => Ok(definition),
        }
    }
}

impl Entry {
    /// Reads the notes of an entry. What cannot be read is a broken entry, not a missing one.
    pub(super) fn read(
        name: Arc<str>,
        note: Arc<str>,
        state: Option<Arc<str>>,
        settings: &BeatSettings,
    ) -> Self {
        let written = serde_json::from_str::<Written<'_>>(&note);
        let (origin, paused, definition) = match &written {
            Ok(Written { origin, paused, entry }) => {
                let value = serde_json::from_str(entry.get()).unwrap_or_default();
                (origin.clone(), *paused, settings.read(&value))
            }
            Err(error) => (Origin::Stored, false, Err(vec![unreadable(error)])),
        };
        let definition = definition.map(Arc::new).map_err(Arc::from);
        let (head, next, is_noticed) = (None, None, false);
        let mut entry = Self { name, origin, definition, paused, head, next, is_noticed, note, state: None };
        entry.take_state(state);
        entry
    }

    pub(super) fn take_state(&mut self, state: Option<Arc<str>>) {
        let head = state.as_deref().and_then(Head::read);
        let schedule = self.active().map(|definition| schedule_of(definition));
        self.is_noticed = match (schedule, &head) {
            (Some(schedule), Some(head)) => head.is_of(&schedule),
            (Some(_), None) => false,
            (None, head) => head.as_ref().is_none_or(Head::is_off),
        };
        self.next = match (self.active(), &head) {
            (Some(definition), Some(head)) if self.is_noticed => {
                definition.schedule.next_after(head.anchor(), definition.zone)
            }
            _ => None,
        };
        (self.head, self.state) = (head, state);
    }

    /// The entry as it is written.
    pub fn value(&self) -> Value {
        let written = serde_json::from_str::<Written<'_>>(&self.note);
        written.ok().and_then(|written| serde_json::from_str(written.entry.get()).ok()).unwrap_or_default()
    }

    /// Its past, marks included.
    pub fn state(&self) -> Option<State> {
        self.state.as_deref().and_then(State::read)
    }

    /// What it runs by, unless it is off or broken.
    pub fn active(&self) -> Option<&Arc<Definition>> {
        self.definition.as_ref().ok().filter(|definition| definition.enabled && !self.paused)
    }

    /// Whether somebody may change or delete it here.
    pub fn is_stored(&self) -> bool {
        self.origin == Origin::Stored
    }

    /// Whether the scheduler has taken notice of what the entry is now: on, off, or due at other times than before.
    pub fn is_noticed(&self) -> bool {
        self.is_noticed
    }

    /// When the scheduler has to look at it: when it is due, or at once when it has become another one.
    pub(super) fn look_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_noticed { self.next.map(|next| next.at) } else { Some(now) }
    }
}

/// Tells one schedule from another: an entry that is due at other times than before counts anew.
pub(super) fn schedule_of(definition: &Definition) -> String {
    format!("{} {}", definition.schedule.written(), definition.zone.name())
}

fn unreadable(error: &serde_json::Error) -> Mistake {
    Mistake {
        field: "entry".to_owned(),
        sentence: format!("cannot be read ({error}); delete it and add it again"),
    }
}
