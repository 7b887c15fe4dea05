//! All entries as this process knows them, and which of them is due first.

use super::entry::Entry;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Entries by name, and by the moment at which they have to be looked at.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    entries: BTreeMap<Arc<str>, Slot>,
    due: BTreeSet<(DateTime<Utc>, Arc<str>)>,
}

#[derive(Debug)]
struct Slot {
    entry: Entry,
    look_at: Option<DateTime<Utc>>,
}

impl Agenda {
    pub(super) fn get(&self, name: &str) -> Option<&Entry> {
        Some(&self.entries.get(name)?.entry)
    }

    pub(super) fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.values().map(|slot| &slot.entry)
    }

    /// When the next entry has to be looked at.
    pub(super) fn next(&self) -> Option<DateTime<Utc>> {
        self.due.first().map(|(moment, _)| *moment)
    }

    /// Those that have to be looked at now, the first ones first.
    pub(super) fn due(&self, now: DateTime<Utc>, most: usize) -> Vec<Entry> {
        let due = self.due.iter().take_while(|(moment, _)| *moment <= now).take(most);
        due.filter_map(|(_, name)| self.get(name).cloned()).collect()
    }

    pub(super) fn put(&mut self, entry: Entry, now: DateTime<Utc>) {
        let name = Arc::clone(&entry.name);
        self.remove(&name);
        let look_at = entry.look_at(now);
        if let Some(moment) = look_at {
            self.due.insert((moment, Arc::clone(&name)));
        }
        self.entries.insert(name, Slot { entry, look_at });
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Entry> {
        let slot = self.entries.remove(name)?;
        if let Some(moment) = slot.look_at {
            self.due.remove(&(moment, Arc::clone(&slot.entry.name)));
        }
        Some(slot.entry)
    }

    /// Looks at an entry again at this moment only, although it is due.
    pub(super) fn postpone(&mut self, name: &str, until: DateTime<Utc>) {
        let Some(slot) = self.entries.get_mut(name) else { return };
        if let Some(moment) = slot.look_at.replace(until) {
            self.due.remove(&(moment, Arc::clone(&slot.entry.name)));
        }
        self.due.insert((until, Arc::clone(&slot.entry.name)));
    }

    /// An entry's state was changed by us or by somebody else.
    pub(super) fn put_state(&mut self, name: &str, state: Option<Arc<str>>, now: DateTime<Utc>) {
        if let Some(mut entry) = self.remove(name) {
            entry.take_state(state);
            self.put(entry, now);
        }
    }
}
