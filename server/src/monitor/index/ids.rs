//! From a task's id to its number, in eight bytes a task.
//!
//! An open-addressing table of numbers alone: the hash that belongs to each is in the columns, and the id itself in
//! its row. So a hit is a candidate, to be confirmed by the row; with 32 bits of a keyed hash one unknown id in four
//! thousand finds a false candidate among a million tasks, which costs one look into the database.

/// An empty slot; no task has a number whose lower half is zero.
const EMPTY: u32 = 0;

#[derive(Debug)]
pub(crate) struct Ids {
    /// The lower halves of numbers. The upper half follows from the smallest number there is.
    slots: Vec<u32>,
    used: usize,
}

impl Default for Ids {
    fn default() -> Self {
        Self { slots: vec![EMPTY; 1024], used: 0 }
    }
}

impl Ids {
    /// Whether this can be a task's number.
    pub(crate) fn is_number(seq: u64) -> bool {
        seq as u32 != EMPTY
    }

    /// Lower halves of the numbers whose slot the hash may have come to.
    pub(crate) fn candidates(&self, hash: u32) -> impl Iterator<Item = u32> {
        let mask = self.mask();
        let home = hash as usize & mask;
        (0..self.slots.len())
            .map(move |step| self.slots[(home + step) & mask])
            .take_while(|slot| *slot != EMPTY)
    }

    pub(crate) fn insert(&mut self, hash: u32, low: u32, hash_of: impl Fn(u32) -> u32) {
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            let grown = vec![EMPTY; self.slots.len() * 2];
            let old = std::mem::replace(&mut self.slots, grown);
            for low in old.into_iter().filter(|slot| *slot != EMPTY) {
                self.put(hash_of(low), low);
            }
        }
        self.put(hash, low);
        self.used += 1;
    }

    /// Takes a number out and closes the gap, so that no tombstones pile up.
    pub(crate) fn remove(&mut self, hash: u32, low: u32, hash_of: impl Fn(u32) -> u32) {
        let mask = self.mask();
        let mut gap = hash as usize & mask;
        while self.slots[gap] != low {
            if self.slots[gap] == EMPTY {
                return;
            }
            gap = (gap + 1) & mask;
        }
        self.slots[gap] = EMPTY;
        self.used -= 1;
        let mut next = (gap + 1) & mask;
        while self.slots[next] != EMPTY {
            let home = hash_of(self.slots[next]) as usize & mask;
            // It may move back into the gap unless its home lies behind the gap, counted around the ring.
            if (next.wrapping_sub(home) & mask) >= (next.wrapping_sub(gap) & mask) {
                self.slots.swap(gap, next);
                gap = next;
            }
            next = (next + 1) & mask;
        }
    }

    fn put(&mut self, hash: u32, low: u32) {
        let mask = self.mask();
        let mut slot = hash as usize & mask;
        while self.slots[slot] != EMPTY {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = low;
    }

    fn mask(&self) -> usize {
        self.slots.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Few different hashes, so that runs of slots collide and wrap around.
    fn hash_of(low: u32) -> u32 {
        (low % 7).wrapping_mul(150) ^ 1020
    }

    proptest! {
        #[test]
        fn finds_what_is_in_and_nothing_else(steps in prop::collection::vec((1u32..400, any::<bool>()), 1..600)) {
            let mut ids = Ids::default();
            let mut model = BTreeSet::new();
            for (low, add) in steps {
                if add && model.insert(low) {
                    ids.insert(hash_of(low), low, hash_of);
                } else if !add {
                    model.remove(&low);
                    ids.remove(hash_of(low), low, hash_of);
                }
            }
            for low in 1..400 {
                let found = ids.candidates(hash_of(low)).any(|candidate| candidate == low);
                prop_assert_eq!(found, model.contains(&low));
            }
            prop_assert_eq!(ids.used, model.len());
        }
    }

    #[test]
    fn grows() {
        let mut ids = Ids::default();
        let spread = |low: u32| low.wrapping_mul(2_654_435_761);
        for low in 1..=10_000 {
            ids.insert(spread(low), low, spread);
        }
        assert!((1..=10_000).all(|low| ids.candidates(spread(low)).any(|candidate| candidate == low)));
    }
}
