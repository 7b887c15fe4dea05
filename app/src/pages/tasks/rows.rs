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
    /// New tasks that have not been let in yet, newest last.
    pub fresh: RwSignal<Vec<TaskRow>>,
    /// Whether the reader is further down, or has paused, so that nothing is let in.
    pub held_back: RwSignal<bool>,
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
            held_back: RwSignal::new(false),
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

    /// Folds a frame in: known rows are repainted where they stand, new ones wait in `fresh`. True when the list is
    /// no longer what the server would answer, because a row has left the filter.
    pub fn fold(self, frame: &LiveFrame, admits: impl Fn(&TaskRow) -> bool) -> bool {
        let mut stale = false;
        for row in &frame.tasks {
            let known = self.cells.with_untracked(|cells| {
                cells.iter().find(|cell| cell.id == row.id).map(|cell| cell.row.clone())
            });
            match known {
                Some(cell) => {
                    if cell.with_untracked(|before| before != row) {
                        cell.set(row.clone());
                    }
                    stale |= !admits(row);
                }
                None if admits(row) => self.wait(row.clone()),
                None => self.forget(&row.id),
            }
        }
        stale
    }

    /// Keeps a task until the list takes it in, unless its place is on a later page.
    fn wait(self, row: TaskRow) {
        let belongs = self.cells.with_untracked(|cells| {
            cells.len() < self.limit
                || cells
                    .last()
                    .is_none_or(|last| last.row.with_untracked(|last| last.created_at <= row.created_at))
        });
        if !belongs {
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

    /// Lets go of a waiting task that no longer fits the filter.
    fn forget(self, id: &str) {
        if self.fresh.with_untracked(|fresh| fresh.iter().any(|row| row.id == id)) {
            self.fresh.update(|fresh| fresh.retain(|row| row.id != id));
        }
    }

    /// Puts the waiting tasks in their places, newest on top, and lets as many go at the bottom.
    pub fn show_fresh(self) {
        let fresh = self.fresh.get_untracked();
        if fresh.is_empty() {
            return;
        }
        self.fresh.set(Vec::new());
        let more = u64::try_from(fresh.len()).unwrap_or(u64::MAX);
        self.total.update(|total| *total = total.saturating_add(more));
        let total = self.total.get_untracked();
        self.unfiltered.update(|unfiltered| *unfiltered = total.max(*unfiltered));
        self.cells.update(|cells| {
            let mut shown: Vec<_> = fresh.into_iter().map(|row| keep_or_make(cells, row)).collect();
            shown.append(cells);
            // Stable, so that tasks of the same moment keep the server's order.
            shown.sort_by_key(|cell| std::cmp::Reverse(cell.row.with_untracked(|row| row.created_at)));
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

    /// How many of the selected tasks a worker is executing. Their state is not followed.
    pub fn selected_running(self) -> usize {
        self.selected.with_untracked(|selected| {
            self.cells.with_untracked(|cells| {
                let runs = |cell: &&Cell| cell.row.with_untracked(|row| row.state.is_running());
                cells.iter().filter(|cell| selected.contains(&cell.id)).filter(runs).count()
            })
        })
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
        rows.fold(&frame(vec![row("a", 1, TaskState::Success)]), |_| true);
        assert_eq!(ids(rows), ["b", "a"]);
        assert_eq!(rows.cells.with_untracked(|cells| cells[1].row.get_untracked().state), TaskState::Success);
        assert!(rows.fresh.with_untracked(Vec::is_empty));
    }

    #[test]
    fn new_tasks_wait_and_then_come_on_top_within_the_page_size() {
        let _owner = owner();
        let rows = Rows::new(page(vec![row("b", 2, TaskState::Success), row("a", 1, TaskState::Success)]), 3);
        rows.fold(&frame(vec![row("c", 3, TaskState::Pending), row("d", 4, TaskState::Pending)]), |_| true);
        rows.fold(&frame(vec![row("c", 3, TaskState::Success)]), |_| true);
        assert_eq!(rows.fresh.with_untracked(Vec::len), 2);
        rows.show_fresh();
        assert_eq!(ids(rows), ["d", "c", "b"]);
        assert_eq!(rows.total.get_untracked(), 4);
        assert_eq!(rows.cells.with_untracked(|cells| cells[1].row.get_untracked().state), TaskState::Success);
    }

    #[test]
    fn older_tasks_of_other_pages_are_not_new() {
        let _owner = owner();
        let rows = Rows::new(page(vec![row("b", 2, TaskState::Success)]), 1);
        rows.fold(&frame(vec![row("old", 1, TaskState::Failure)]), |_| true);
        assert!(rows.fresh.with_untracked(Vec::is_empty));
    }

    #[test]
    fn a_filtered_list_takes_no_strangers() {
        let _owner = owner();
        let rows = Rows::new(page(vec![]), 0);
        rows.fold(&frame(vec![row("x", 9, TaskState::Pending)]), |_| false);
        assert!(rows.fresh.with_untracked(Vec::is_empty));
    }

    #[test]
    fn a_task_that_comes_to_fit_the_filter_takes_its_place_by_age() {
        let _owner = owner();
        let failed = |row: &TaskRow| row.state == TaskState::Failure;
        let rows = Rows::new(page(vec![row("c", 3, TaskState::Failure), row("a", 1, TaskState::Failure)]), 0);
        rows.fold(&frame(vec![row("b", 2, TaskState::Started)]), failed);
        assert!(rows.fresh.with_untracked(Vec::is_empty));
        assert!(!rows.fold(&frame(vec![row("b", 2, TaskState::Failure)]), failed));
        rows.show_fresh();
        assert_eq!(ids(rows), ["c", "b", "a"]);
    }

    #[test]
    fn a_row_that_leaves_the_filter_makes_the_list_stale() {
        let _owner = owner();
        let started = |row: &TaskRow| row.state == TaskState::Started;
        let rows = Rows::new(page(vec![row("a", 1, TaskState::Started)]), 0);
        rows.fold(&frame(vec![row("b", 2, TaskState::Started)]), started);
        rows.fold(&frame(vec![row("b", 2, TaskState::Success)]), started);
        assert!(rows.fresh.with_untracked(Vec::is_empty));
        assert!(rows.fold(&frame(vec![row("a", 1, TaskState::Success)]), started));
        assert_eq!(ids(rows), ["a"]);
    }
}
