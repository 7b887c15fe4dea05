//! Words that repeat: task names, queues and workers, kept once each and spoken of by a small number.
//!
//! A million tasks carry a few hundred different names. As numbers of two bytes they make columns that can be
//! scanned in memory. The names come from outside, so how many are numbered is bounded: a sender that invents a new
//! name for each task gets its names stored in full, but they all share one number in the filters.

use super::text::cut;
use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, RwLock, RwLockReadGuard};

/// A word is numbered from one on; nothing at all is zero.
pub const NOTHING: u16 = 0;
/// Words beyond [`LIMIT`] share this number.
pub const OTHER: u16 = u16::MAX;
/// How many different words are numbered.
const LIMIT: usize = 16_384;
/// The longest word kept, in bytes.
const MAX_LENGTH: usize = 255;

/// A word with its number. Cheap to clone.
#[derive(Clone)]
pub struct Word {
    pub number: u16,
    pub text: Arc<str>,
}

impl Word {
    /// A word that could not be numbered.
    pub fn unnumbered(text: &str) -> Self {
        Self { number: OTHER, text: Arc::from(text) }
    }
}

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// All numbered words; clones share them. Numbers are given once and never taken back.
#[derive(Clone, Debug, Default)]
pub struct Words(Arc<RwLock<Table>>);

#[derive(Debug, Default)]
struct Table {
    numbers: HashMap<Arc<str>, u16>,
    texts: Vec<Arc<str>>,
}

impl Words {
    /// The word for this text, numbered now if it is new. Long texts are cut.
    pub fn intern(&self, text: &str) -> Word {
        let text = cut(text, MAX_LENGTH);
        if let Some(word) = self.find(text) {
            return word;
        }
        let mut table = self.0.write().expect("nobody panics while holding this lock");
        if table.texts.len() >= LIMIT {
            return Word::unnumbered(text);
        }
        let text: Arc<str> = Arc::from(text);
        table.texts.push(Arc::clone(&text));
        let number = u16::try_from(table.texts.len()).expect("the limit lies far below the largest number");
        table.numbers.insert(Arc::clone(&text), number);
        Word { number, text }
    }

    /// The word for a text seen before.
    pub fn find(&self, text: &str) -> Option<Word> {
        let table = self.table();
        let (text, &number) = table.numbers.get_key_value(text)?;
        Some(Word { number, text: Arc::clone(text) })
    }

    /// The word of this number.
    pub fn get(&self, number: u16) -> Option<Word> {
        let place = usize::from(number).checked_sub(1)?;
        self.table().texts.get(place).map(|text| Word { number, text: Arc::clone(text) })
    }

    /// How many words are numbered.
    pub fn count(&self) -> usize {
        self.table().texts.len()
    }

    /// The words numbered after the first `known`, for saving.
    pub fn after(&self, known: usize) -> Vec<Word> {
        let table = self.table();
        let numbered = (1u16..).zip(&table.texts).skip(known);
        numbered.map(|(number, text)| Word { number, text: Arc::clone(text) }).collect()
    }

    fn table(&self) -> RwLockReadGuard<'_, Table> {
        self.0.read().expect("nobody panics while holding this lock")
    }
}
