//! What a page asks for, as the monitor understands it.

use super::task;
use crate::monitor::{HistoryError, Place, Sort, TaskPage, TaskQuery};
use app::ApiError;
use app::view::{Cursor, Page, TaskFilter, TaskRow, TaskSort};

pub(crate) fn query(filter: TaskFilter) -> Result<TaskQuery, ApiError> {
    let place = match (filter.after, filter.before) {
        (Some(after), _) => Place::After(cursor(&after)?),
        (None, Some(before)) => Place::Before(cursor(&before)?),
        (None, None) => Place::Start,
    };
    Ok(TaskQuery {
        phases: filter.states.into_iter().map(task::phase).collect(),
        name: filter.name,
        queue: filter.queue,
        worker: filter.worker,
        since: filter.since,
        until: filter.until,
        sort: match filter.sort {
            TaskSort::Newest => Sort::Newest,
            TaskSort::Oldest => Sort::Oldest,
            TaskSort::Slowest => Sort::Slowest,
            TaskSort::Fastest => Sort::Fastest,
        },
        place,
        limit: filter.limit as usize,
    })
}

fn cursor(cursor: &Cursor) -> Result<crate::monitor::Cursor, ApiError> {
    let broken = |_: HistoryError| {
        ApiError::BadRequest(
            "The address names a place in the list that does not exist. Start from the first page."
                .to_owned(),
        )
    };
    cursor.0.parse().map_err(broken)
}

pub(crate) fn page(page: TaskPage) -> Page<TaskRow> {
    let place = |cursor: crate::monitor::Cursor| Cursor(cursor.to_string());
    Page {
        rows: page.tasks.iter().map(|record| task::row(record, page.now)).collect(),
        prev: page.prev.map(place),
        next: page.next.map(place),
        total: page.total,
        unfiltered: page.unfiltered,
        seq: page.seq,
        now: page.now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_place_is_the_askers_mistake() {
        let filter = TaskFilter { after: Some(Cursor("<script>".to_owned())), ..TaskFilter::default() };
        assert_eq!(query(filter).expect_err("no such place").status(), 400);
        let filter = TaskFilter { before: Some(Cursor("12.3".to_owned())), ..TaskFilter::default() };
        assert!(matches!(query(filter).expect("a place").place, Place::Before(_)));
    }
}
