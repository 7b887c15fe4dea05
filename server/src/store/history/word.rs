//! Words that repeat: task names, queues and workers, kept once each and spoken of by a small number.
//!
//! A million tasks carry a few hundred different names. As numbers of two bytes they make columns that can be
//! scanned in memory. The names come from outside, so how many are numbered is bounded: a sender that invents a new
//! name for each task gets its names stored in full, but they all share one number in the filters.

use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A word is numbered from one on; nothing at all is zero.
pub const NOTHING: u16 = 0;
/// Words beyond [`LIMIT`] share this number.
pub const OTHER: u16 = u16::MAX;
/// How many different words are numbered.
pub const LIMIT: usize = 16_384;
/// The longest word kept, in bytes.
pub const MAX_LENGTH: usize = 255;

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

/// All numbered words. Numbers are given once and never taken back.
#[derive(Clone, Debug, Default)]
pub struct Words {
    numbers: HashMap<Arc<str>, u16>,
    texts: Vec<Arc<str>>,
}

impl Words {
    /// The word for this text, numbered now if it is new. Long texts are cut.
    pub fn intern(&mut self, text: &str) -> Word {
        let text = super::text::cut(text, MAX_LENGTH);
        if let Some((text, &number)) = self.numbers.get_key_value(text) {
            return Word { number, text: Arc::clone(text) };
        }
        if self.texts.len() >= LIMIT {
            return Word::unnumbered(text);
        }
        let text: Arc<str> = Arc::from(text);
        self.texts.push(Arc::clone(&text));
        let number = u16::try_from(self.texts.len()).expect("the limit lies far below the largest number");
        self.numbers.insert(Arc::clone(&text), number);
        Word { number, text }
    }

    /// The word of this number.
    pub fn get(&self, number: u16) -> Option<Word> {
        let place = usize::from(number).checked_sub(1)?;
        self.texts.get(place).map(|text| Word { number, text: Arc::clone(text) })
    }

    /// The number of a text seen before.
    pub fn number_of(&self, text: &str) -> Option<u16> {
        self.numbers.get(text).copied()
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The words numbered after the first `known`, for saving.
    pub fn after(&self, known: usize) -> Vec<Word> {
        (known..self.texts.len())
            .filter_map(|place| u16::try_from(place + 1).ok().and_then(|number| self.get(number)))
            .collect()
    }
}
