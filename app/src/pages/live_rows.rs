//! Rows of a list that the live stream keeps true: each has a signal of its own, so that one change repaints one row.

use crate::live::use_live;
use crate::view::LiveFrame;
use leptos::prelude::*;

/// A row that can be told from the others.
pub trait Keyed: Clone + PartialEq + Send + Sync + 'static {
    fn key(&self) -> &str;
}

impl Keyed for crate::view::WorkerRow {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Keyed for crate::view::QueueRow {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Keyed for crate::view::ScheduleRow {
    fn key(&self) -> &str {
        &self.name
    }
}

/// One row and its signal. The signal is counted by reference, because new rows are born inside an effect.
#[derive(Clone)]
pub struct LiveRow<T: 'static> {
    pub key: String,
    pub row: ArcRwSignal<T>,
}

/// The rows, in the order they are shown. Copies are handles on the same rows.
pub struct LiveRows<T: 'static> {
    pub rows: RwSignal<Vec<LiveRow<T>>>,
}

// Derived, these would demand that a row itself can be copied.
impl<T> Clone for LiveRows<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for LiveRows<T> {}

impl<T: Keyed> LiveRows<T> {
    pub fn new(rows: Vec<T>) -> Self {
        Self { rows: RwSignal::new(rows.into_iter().map(Self::live).collect()) }
    }

    fn live(row: T) -> LiveRow<T> {
        LiveRow { key: row.key().to_owned(), row: ArcRwSignal::new(row) }
    }

    /// Takes in newer pictures of some rows. A row not seen before is put in its place by name.
    pub fn fold(self, changed: &[T]) {
        for new in changed {
            let known = self.rows.with_untracked(|rows| {
                rows.iter().find(|row| row.key == new.key()).map(|row| row.row.clone())
            });
            match known {
                Some(row) if row.with_untracked(|old| old == new) => {}
                Some(row) => row.set(new.clone()),
                None => self.rows.update(|rows| {
                    let place = rows.partition_point(|row| row.key.as_str() < new.key());
                    rows.insert(place, Self::live(new.clone()));
                }),
            }
        }
    }

    /// Takes in a newer picture of the whole list: rows that stay keep their signals. A list that is `held` keeps its
    /// rows and their order, and only what stands in them changes.
    pub fn take(self, newest: Vec<T>, held: bool) {
        let known = self.rows.get_untracked();
        let mut rows = Vec::with_capacity(newest.len());
        for new in newest {
            match known.iter().find(|row| row.key == new.key()) {
                Some(row) => {
                    if row.row.with_untracked(|old| *old != new) {
                        row.row.set(new);
                    }
                    rows.push(row.clone());
                }
                None => rows.push(Self::live(new)),
            }
        }
        if !held {
            self.rows.set(rows);
        }
    }

    /// Folds in what each frame of the live stream says of such rows, from the next frame on.
    pub fn follow(self, part: fn(&LiveFrame) -> &[T]) {
        let live = use_live();
        // The list carries no sequence number, but it is at least as new as the frame that was here before it.
        let behind = live.frames.with_untracked(|frame| frame.seq);
        Effect::new(move |_| {
            live.frames.with(|frame| {
                if frame.seq > behind {
                    self.fold(part(frame));
                }
            });
        });
    }

    /// How many rows satisfy a condition, followed as they change.
    pub fn count(self, condition: impl Fn(&T) -> bool) -> usize {
        self.rows.with(|rows| rows.iter().filter(|row| row.row.with(&condition)).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Row(&'static str, u32);

    impl Keyed for Row {
        fn key(&self) -> &str {
            self.0
        }
    }

    fn shown(rows: LiveRows<Row>) -> Vec<Row> {
        rows.rows.with_untracked(|rows| rows.iter().map(|row| row.row.get_untracked()).collect())
    }

    #[test]
    fn changes_land_in_their_rows_and_new_rows_in_their_places() {
        let owner = Owner::new();
        owner.set();
        let rows = LiveRows::new(vec![Row("a", 1), Row("c", 3)]);
        rows.fold(&[Row("c", 4), Row("b", 2)]);
        assert_eq!(shown(rows), [Row("a", 1), Row("b", 2), Row("c", 4)]);
        assert_eq!(rows.count(|row| row.1 > 1), 2);
    }

    #[test]
    fn a_newer_list_brings_its_own_order_unless_a_hand_is_on_it() {
        let owner = Owner::new();
        owner.set();
        let rows = LiveRows::new(vec![Row("a", 1), Row("b", 2)]);
        let kept = rows.rows.with_untracked(|rows| rows[1].row.clone());
        rows.take(vec![Row("b", 3), Row("c", 1)], true);
        assert_eq!(shown(rows), [Row("a", 1), Row("b", 3)]);
        rows.take(vec![Row("b", 4), Row("c", 1)], false);
        assert_eq!(shown(rows), [Row("b", 4), Row("c", 1)]);
        assert_eq!(kept.get_untracked(), Row("b", 4), "a row that stays keeps its signal");
    }
}
