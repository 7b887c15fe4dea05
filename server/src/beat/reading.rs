//! Reads the books. What has not changed is not read again, and the rest by all processors: a hundred thousand entries
//! should not keep the scheduler from its first task.

use super::agenda::Agenda;
use super::declare::{self, Declared};
use super::entry::Entry;
use super::{BeatSettings, ENTRIES, Inner, STATES};
use crate::broker::{BrokerError, Note};
use crate::service;
use futures_util::future::{join_all, try_join};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Fewer entries than this are not worth a thread of their own.
const WORTH_A_THREAD: usize = 2_000;

/// What the books say of an entry.
struct Sheet {
    name: Arc<str>,
    note: Arc<str>,
    state: Option<Arc<str>>,
    /// The note that was known when it was compared; whatever is known later is newer than the book.
    known: Option<Arc<str>>,
}

/// How the books differ from what is known.
#[derive(Default)]
struct Differences {
    changed: Vec<Sheet>,
    moved_on: Vec<Sheet>,
    gone: Vec<(Arc<str>, Arc<str>)>,
}

impl Inner {
    /// Makes the entries of this process known to all, and reads both books for the first time.
    pub(super) async fn begin(&self, declared: &[Declared]) -> Result<(), BrokerError> {
        let (entries, states) =
            try_join(declare::declare(self, declared), self.notebook.notes(STATES)).await?;
        let entries = match entries {
            Some(entries) => entries,
            None => self.notebook.notes(ENTRIES).await?,
        };
        self.take(entries, states).await;
        Ok(())
    }

    /// Reads both books.
    pub(super) async fn reload(&self) -> Result<(), BrokerError> {
        let (entries, states) = try_join(self.notebook.notes(ENTRIES), self.notebook.notes(STATES)).await?;
        self.take(entries, states).await;
        Ok(())
    }

    async fn take(&self, entries: Vec<Note>, states: Vec<Note>) {
        let mut states: HashMap<String, String> =
            states.into_iter().map(|note| (note.name, note.text)).collect();
        let sheets = entries.into_iter().map(|note| Sheet {
            state: states.remove(&note.name).map(Arc::from),
            name: note.name.into(),
            note: note.text.into(),
            known: None,
        });
        let Differences { changed, moved_on, gone } = compare(&self.agenda(), sheets.collect());
        let read = read(changed, &self.settings).await;
        let now = self.clock.now();
        {
            let mut agenda = self.agenda();
            let is_as_known = |agenda: &Agenda, name: &str, known: Option<&Arc<str>>| {
                agenda.get(name).map(|entry| &entry.note) == known
            };
            for (entry, known) in read {
                if is_as_known(&agenda, &entry.name, known.as_ref()) {
                    agenda.put(entry, now);
                }
            }
            for Sheet { name, state, .. } in moved_on {
                agenda.put_state(&name, state, now);
            }
            for (name, known) in gone {
                if is_as_known(&agenda, &name, Some(&known)) {
                    agenda.remove(&name);
                }
            }
        }
        self.changed();
    }
}

fn compare(agenda: &Agenda, sheets: Vec<Sheet>) -> Differences {
    let mut differences = Differences::default();
    let names: HashSet<Arc<str>> = sheets.iter().map(|sheet| Arc::clone(&sheet.name)).collect();
    for mut sheet in sheets {
        match agenda.get(&sheet.name) {
            Some(entry) if entry.note == sheet.note && entry.state == sheet.state => {}
            Some(entry) if entry.note == sheet.note => differences.moved_on.push(sheet),
            known => {
                sheet.known = known.map(|entry| Arc::clone(&entry.note));
                differences.changed.push(sheet);
            }
        }
    }
    let gone = agenda.entries().filter(|entry| !names.contains(&entry.name));
    differences.gone = gone.map(|entry| (Arc::clone(&entry.name), Arc::clone(&entry.note))).collect();
    differences
}

/// The entries, each with the note that was known before.
async fn read(mut sheets: Vec<Sheet>, settings: &Arc<BeatSettings>) -> Vec<(Entry, Option<Arc<str>>)> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = sheets.len().div_ceil(threads).max(WORTH_A_THREAD);
    let mut shares = Vec::new();
    while !sheets.is_empty() {
        let share = sheets.split_off(sheets.len().saturating_sub(share));
        let settings = Arc::clone(settings);
        let read =
            move |sheet: Sheet| (Entry::read(sheet.name, sheet.note, sheet.state, &settings), sheet.known);
        shares.push(service::blocking(move || share.into_iter().map(read).collect::<Vec<_>>()));
    }
    // A share is missing only when the process is about to end.
    join_all(shares).await.into_iter().flatten().flatten().collect()
}
