//! Ids for what follows a task and was given none by its sender.
//!
//! They are made from the id of the task and the place in what follows it, not by chance: a task that is delivered
//! again, because its worker died after sending what follows, sends the same ids again. So nobody waits for an id that
//! was replaced, and a chord is not sent as two.

use std::hash::{DefaultHasher, Hash, Hasher};

pub(super) struct Ids<'a> {
    of: &'a str,
    why: &'static str,
    given: u32,
}

impl<'a> Ids<'a> {
    /// Ids for what follows this task. The reason keeps those apart that it needs for different occasions.
    pub(super) fn of(id: &'a str, why: &'static str) -> Self {
        Self { of: id, why, given: 0 }
    }

    pub(super) fn next(&mut self) -> String {
        self.given += 1;
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, self.of, self.why, self.given).hash(&mut hasher);
            u128::from(hasher.finish())
        };
        let bits = (half(0) << 64) | half(1);
        uuid::Builder::from_custom_bytes(bits.to_be_bytes()).into_uuid().hyphenated().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_has_the_same_id() {
        let two = |of: &'static str, why| {
            let mut ids = Ids::of(of, why);
            [ids.next(), ids.next()]
        };
        assert_eq!(two("a", "next"), two("a", "next"));
        let all = [two("a", "next"), two("b", "next"), two("a", "error")].concat();
        let unlike: std::collections::HashSet<&String> = all.iter().collect();
        assert_eq!(unlike.len(), all.len());
        assert_eq!(all[0].len(), 36);
    }
}
