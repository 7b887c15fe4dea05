use super::*;
use crate::monitor::query::Cursor;
use proptest::prelude::*;

/// The index as a list, and its questions answered by sorting the whole of it.
fn brute(rows: &[(u64, Row)], filter: &Filter, sort: Sort) -> Vec<Cursor> {
    let mut found: Vec<Cursor> = rows
        .iter()
        .filter(|(_, row)| {
            (filter.phases.is_empty() || filter.phases.contains(&row.phase))
                && filter.name.is_none_or(|name| row.name == name)
                && filter.queue.is_none_or(|queue| row.queue == queue)
                && filter.worker.is_none_or(|worker| row.worker == worker)
                && filter.since.is_none_or(|since| row.created >= since)
                && filter.until.is_none_or(|until| row.created < until)
        })
        .filter_map(|(seq, row)| {
            let key = match sort {
                Sort::Newest | Sort::Oldest => row.created,
                Sort::Slowest | Sort::Fastest => i64::from(row.runtime?.to_bits()),
            };
            Some(Cursor { key, seq: *seq })
        })
        .collect();
    found.sort();
    if matches!(sort, Sort::Newest | Sort::Slowest) {
        found.reverse();
    }
    found
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (0i64..10, 0u16..4, 0u16..3, 0u16..3, -5i64..40, prop::option::of(0u8..6));
    let row = row.prop_map(|(phase, name, queue, worker, created, runtime)| Row {
        phase: Phase::from_number(phase).expect("ten phases"),
        name,
        queue,
        worker,
        created,
        runtime: runtime.map(|tenths| f32::from(tenths) / 10.0),
        hash: 0,
    });
    prop::collection::vec(row, 0..120)
}

fn filters() -> impl Strategy<Value = Filter> {
    let phases =
        prop::collection::vec((0i64..10).prop_map(|number| Phase::from_number(number).expect("ten")), 0..4);
    let moment = || prop::option::of(-5i64..40);
    (
        phases,
        prop::option::of(0u16..5),
        prop::option::of(0u16..4),
        prop::option::of(0u16..4),
        moment(),
        moment(),
    )
        .prop_map(|(phases, name, queue, worker, since, until)| Filter {
            phases,
            name,
            queue,
            worker,
            since,
            until,
        })
}

fn sorts() -> impl Strategy<Value = Sort> {
    prop::sample::select(vec![Sort::Newest, Sort::Oldest, Sort::Slowest, Sort::Fastest])
}

fn filled(rows: &[Row]) -> (Index, Vec<(u64, Row)>) {
    let mut index = Index::default();
    let mut list = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let seq = index.number();
        let row = Row { hash: index.hash(&format!("task {place}")), ..*row };
        index.set(seq, row);
        list.push((seq, row));
    }
    (index, list)
}

proptest! {
    #[test]
    fn walking_the_pages_forth_and_back_shows_every_match_in_order(
        rows in rows(), filter in filters(), sort in sorts(), limit in 1usize..9
    ) {
        let (index, list) = filled(&rows);
        let expected = brute(&list, &filter, sort);
        let mut pages: Vec<Vec<Cursor>> = Vec::new();
        let mut place = Place::Start;
        loop {
            let page = index.select(&filter, sort, place, limit);
            prop_assert_eq!(page.total, expected.len() as u64);
            prop_assert_eq!(page.has_prev, !pages.is_empty());
            let last = page.rows.last().copied();
            pages.push(page.rows);
            match last {
                Some(last) if page.has_next => place = Place::After(last),
                _ => break,
            }
        }
        prop_assert_eq!(pages.concat(), expected);
        for next in (1..pages.len()).rev() {
            let page = index.select(&filter, sort, Place::Before(pages[next][0]), limit);
            prop_assert_eq!(&page.rows, &pages[next - 1]);
            prop_assert!(page.has_next);
            prop_assert_eq!(page.has_prev, next > 1);
        }
    }

    #[test]
    fn what_is_changed_and_pruned_counts_as_it_is(rows in rows(), changes in rows(), cut in 0u64..130) {
        let (mut index, mut list) = filled(&rows);
        for ((seq, row), change) in list.iter_mut().zip(&changes) {
            *row = Row { hash: row.hash, ..*change };
            index.set(*seq, *row);
        }
        index.drop_before(cut);
        list.retain(|(seq, _)| *seq >= cut);
        prop_assert_eq!(index.tally().total(), list.len() as u64);
        for phase in Phase::ALL {
            let count = list.iter().filter(|(_, row)| row.phase == phase).count();
            prop_assert_eq!(index.tally().of(phase), count as u64);
        }
        let all = index.select(&Filter::default(), Sort::Oldest, Place::Start, 1000);
        prop_assert_eq!(all.rows, brute(&list, &Filter::default(), Sort::Oldest));
        for place in 0..rows.len() as u64 {
            let found: Vec<u64> = index.candidates(index.hash(&format!("task {place}"))).collect();
            prop_assert_eq!(found.contains(&(place + 1)), place + 1 >= cut);
        }
    }
}

#[test]
fn what_is_not_finished_is_found_across_chunks() {
    let mut index = Index::default();
    let row = |phase| Row { phase, name: 0, queue: 0, worker: 0, created: 0, runtime: None, hash: 1 };
    (1..=20_000).for_each(|seq| index.set(seq, row(Phase::Success)));
    for (seq, phase) in
        [(7, Phase::Started), (9000, Phase::Retry), (9001, Phase::Pending), (19_999, Phase::Scheduled)]
    {
        index.set(seq, row(phase));
    }
    assert_eq!(index.unfinished(0, 3), [7, 9000, 9001]);
    assert_eq!(index.unfinished(9001, 3), [19_999]);
    assert!(index.unfinished(19_999, 3).is_empty());
    index.remove(7);
    assert_eq!(index.unfinished(0, 1), [9000]);
}

#[test]
fn scheduled_tasks_come_due_in_time() {
    let row =
        Row { phase: Phase::Scheduled, name: 0, queue: 0, worker: 0, created: 0, runtime: None, hash: 1 };
    let (mut index, _) = filled(&[row, row]);
    index.schedule(1, 50, Phase::Pending);
    index.schedule(2, 90, Phase::Received);
    assert!(index.come_due(49).is_empty());
    assert_eq!(index.come_due(50), [1]);
    assert_eq!(index.tally().of(Phase::Pending), 1);
    assert_eq!(index.tally().of(Phase::Scheduled), 1);
    assert_eq!(index.come_due(1000), [2]);
    assert_eq!(index.tally().of(Phase::Received), 1);
}

#[test]
fn pruning_takes_the_oldest_beyond_number_and_age() {
    let row = |created| Row {
        phase: Phase::Success,
        name: 0,
        queue: 0,
        worker: 0,
        created,
        runtime: None,
        hash: 0,
    };
    let rows: Vec<Row> = (0..20_000).map(row).collect();
    let (mut index, _) = filled(&rows);
    assert_eq!(index.prune_point(u64::MAX, 0), 1, "nothing is too old");
    assert_eq!(index.prune_point(15_000, 0), 5001, "the first number is one");
    assert_eq!(index.prune_point(15_000, 9_000), 9001);
    index.drop_before(9001);
    assert_eq!(index.tally().total(), 11_000);
    assert_eq!(index.first(), Some(8192), "the first chunk is gone");
    assert_eq!(index.prune_point(0, 0), 20_001, "everything may go");
}
