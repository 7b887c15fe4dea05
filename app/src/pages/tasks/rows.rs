//! The rows of the list as signals: which tasks, in which order, and what the live stream changes about them.

use crate::query::MOST_ROWS;
use crate::view::{Cursor, LiveFrame, Page, TaskRow};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Rows a page shows unless the URL says otherwise.
const DEFAULT_LIMIT: usize = 50;

/// One row: its task, and the newest picture of it.
#[derive(Clone)]
pub(super) struct Cell {
    pub id: String,
    pub row: ArcRwSignal<TaskRow>,
}

/// The list on the screen.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub cells: RwSignal<Vec<Cell>>,
    pub selected: RwSignal<BTreeSet<String>>,
    /// New tasks that wait for the reader to ask for them, newest last.
    pub fresh: RwSignal<Vec<TaskRow>>,
    pub total: RwSignal<u64>,
    pub unfiltered: RwSignal<u64>,
    pub prev: RwSignal<Option<Cursor>>,
    pub next: RwSignal<Option<Cursor>>,
    limit: usize,
}

impl Rows {
    pub fn new(page: Page<TaskRow>, limit: u32) -> Self {
        let limit = usize::try_from(limit.min(MOST_ROWS)).unwrap_or(DEFAULT_LIMIT);
        let rows = Self {
            cells: RwSignal::new(Vec::new()),
            selected: RwSignal::new(BTreeSet::new()),
            fresh: RwSignal::new(Vec::new()),
            total: RwSignal::new(0),
            unfiltered: RwSignal::new(0),
            prev: RwSignal::new(None),
            next: RwSignal::new(None),
            limit: if limit == 0 { DEFAULT_LIMIT } else { limit },
        };
        rows.replace(page);
        rows
    }

    /// Shows a newly fetched page. Rows that stay keep their place on the screen, and so their focus.
    pub fn replace(self, page: Page<TaskRow>) {
        self.fresh.set(Vec::new());
        self.total.set(page.total);
        self.unfiltered.set(page.unfiltered);
        self.prev.set(page.prev);
        self.next.set(page.next);
        self.cells.update(|cells| {
            *cells = page.rows.into_iter().map(|row| keep_or_make(cells, row)).collect();
        });
    }

    /// Folds a frame in: known rows are repainted; new tasks wait in `fresh` when `follows`.
    pub fn fold(self, frame: &LiveFrame, follows: bool) {
        for row in &frame.tasks {
            let known = self.cells.with_untracked(|cells| {
                cells.iter().find(|cell| cell.id == row.id).map(|cell| cell.row.clone())
            });
            match known {
                Some(cell) => {
                    if cell.with_untracked(|before| before != row) {
                        cell.set(row.clone());
                    }
                }
                None if follows => self.wait(row.clone()),
                None => {}
            }
        }
    }

    fn wait(self, row: TaskRow) {
        let newest = self.cells.with_untracked(|cells| {
            cells
                .first()
                .is_none_or(|first| first.row.with_untracked(|first| first.created_at <= row.created_at))
        });
        // A task older than the page's first row changed on some other page; it is not new.
        if !newest {
            return;
        }
        self.fresh.update(|fresh| match fresh.iter_mut().find(|known| known.id == row.id) {
            Some(known) => *known = row,
            None => fresh.push(row),
        });
        let over = self.fresh.with_untracked(Vec::len).saturating_sub(self.limit);
        if over > 0 {
            self.fresh.update(|fresh| drop(fresh.drain(..over)));
        }
    }

    /// Puts the waiting tasks on top, and lets the same number go at the bottom.
    pub fn show_fresh(self) {
        let mut fresh = self.fresh.get_untracked();
        if fresh.is_empty() {
            return;
        }
        self.fresh.set(Vec::new());
        fresh.sort_by_key(|row| std::cmp::Reverse(row.created_at));
        let more = u64::try_from(fresh.len()).unwrap_or(u64::MAX);
        self.total.update(|total| *total = total.saturating_add(more));
        self.unfiltered.update(|total| *total = total.saturating_add(more));
        self.cells.update(|cells| {
            let mut shown: Vec<_> = fresh.into_iter().map(|row| keep_or_make(cells, row)).collect();
            shown.append(cells);
            shown.truncate(self.limit);
            *cells = shown;
        });
    }

    pub fn select(self, id: &str, on: bool) {
        self.selected.update(|selected| {
            if on {
                selected.insert(id.to_owned());
            } else {
                selected.remove(id);
            }
        });
    }

    pub fn select_all(self, on: bool) {
        let all = self.cells.with_untracked(|cells| cells.iter().map(|cell| cell.id.clone()).collect());
        self.selected.set(if on { all } else { BTreeSet::new() });
    }

    /// The selected ids.
    pub fn selected_ids(self) -> Vec<String> {
        self.selected.get_untracked().into_iter().collect()
    }
}

fn keep_or_make(cells: &[Cell], row: TaskRow) -> Cell {
    match cells.iter().find(|cell| cell.id == row.id) {
        Some(cell) => {
            cell.row.set(row);
            cell.clone()
        }
        None => Cell { id: row.id.clone(), row: ArcRwSignal::new(row) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::TaskState;

    fn row(id: &str, created_at: i64, state: TaskState) -> TaskRow {
        TaskRow {
            id: id.to_owned(),
            name: "shop.pay".to_owned(),
            state,
            custom_state: None,
            queue: None,
            worker: None,
            call: "()".to_owned(),
            progress: None,
            created_at,
            started_at: None,
            finished_at: None,
            eta: None,
            runtime: None,
            retries: 0,
            exception: None,
        }
    }

    /// Signals live in an owner, as long as it is kept.
    fn owner() -> Owner {
        let owner = Owner::new_root(None);
        owner.set();
        owner
    }

    fn page(rows: Vec<TaskRow>) -> Page<TaskRow> {
        Page { total: 2, unfiltered: 2, rows, prev: None, next: None, seq: 1, now: 0 }
    }

    fn frame(tasks: Vec<TaskRow>) -> LiveFrame {
        LiveFrame { seq: 2, tasks, ..LiveFrame::default() }
    }

    fn ids(rows: Rows) -> Vec<String> {
        rows.cells.with_untracked(|cells| cells.iter().map(|cell| cell.id.clone()).collect())
    }

    #[test]
    fn a_known_row_is_repainted_where_it_stands() {
        let _owner = owner();
        let rows = Rows::new(page(vec![row("b", 2, TaskState::Started), row("a", 1, TaskState::Started)]), 0);
        rows.fold(&frame(vec![row("a", 1, TaskState::Success)]), true);
        assert_eq!(ids(rows), ["b", "a"]);
        assert_eq!(rows.cells.with_untracked(|cells| cells[1].row.get_untracked().state), TaskState::Success);
        assert!(rows.fresh.with_untracked(Vec::is_empty));
    }

    #[test]
    fn new_tasks_wait_and_then_come_on_top_within_the_page_size() {
        let _owner = owner();
        let rows = Rows::new(page(vec![row("b", 2, TaskState::Success), row("a", 1, TaskState::Success)]), 3);
        rows.fold(&frame(vec![row("c", 3, TaskState::Pending), row("d", 4, TaskState::Pending)]), true);
        rows.fold(&frame(vec![row("c", 3, TaskState::Success)]), true);
        assert_eq!(rows.fresh.with_untracked(Vec::len), 2);
        rows.show_fresh();
        assert_eq!(ids(rows), ["d", "c", "b"]);
        assert_eq!(rows.total.get_untracked(), 4);
        assert_eq!(rows.cells.with_untracked(|cells| cells[1].row.get_untracked().state), TaskState::Success);
    }

    #[test]
    fn older_tasks_of_other_pages_are_not_new() {
        let _owner = owner();
        let rows = Rows::new(page(vec![row("b", 2, TaskState::Success)]), 0);
        rows.fold(&frame(vec![row("old", 1, TaskState::Failure)]), true);
        assert!(rows.fresh.with_untracked(Vec::is_empty));
    }

    #[test]
    fn a_filtered_list_takes_no_strangers() {
        let _owner = owner();
        let rows = Rows::new(page(vec![]), 0);
        rows.fold(&frame(vec![row("x", 9, TaskState::Pending)]), false);
        assert!(rows.fresh.with_untracked(Vec::is_empty));
    }
}
