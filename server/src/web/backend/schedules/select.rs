//! Which entries a page of the list shows.
//!
//! There may be a hundred thousand, and the scheduler waits while they are looked at. So they are only looked at: what
//! is shown of one is made for the page alone, later.

use crate::beat::{Beat, Entry};
use crate::web::convert::schedule;
use app::view::{ScheduleFilter, ScheduleSort, StandingFilter};
use chrono::{DateTime, Utc};

/// Entries on a page.
pub(super) const ROWS: usize = 50;

/// A page of the entries that match.
#[derive(Debug)]
pub(super) struct Selection {
    pub(super) entries: Vec<Entry>,
    pub(super) total: u64,
    pub(super) unfiltered: u64,
}

pub(super) fn select(beat: &Beat, filter: &ScheduleFilter, now: DateTime<Utc>) -> Selection {
    beat.with_entries(|entries| {
        let all: Vec<&Entry> = entries.collect();
        page(&all, filter, now)
    })
}

/// Of entries in the order of their names.
fn page(all: &[&Entry], filter: &ScheduleFilter, now: DateTime<Utc>) -> Selection {
    let search = filter.search.trim();
    let matching = all.iter().enumerate().filter(|(_, entry)| {
        (search.is_empty() || contains(&entry.name, search) || contains(task(entry), search))
            && filter.standing.is_none_or(|wanted| is(entry, wanted, now))
    });
    let mut places: Vec<(i64, usize)> =
        matching.map(|(place, entry)| (key(entry, filter.sort, now), place)).collect();
    let total = places.len();
    let first = usize::try_from(filter.offset).unwrap_or(usize::MAX).min(total);
    let end = first.saturating_add(ROWS).min(total);
    // Equals stay in the order of their names, which is that of their places.
    let shown = if first < end { in_order(&mut places, first, end) } else { &[] };
    Selection {
        entries: shown.iter().map(|(_, place)| all[*place].clone()).collect(),
        total: total as u64,
        unfiltered: all.len() as u64,
    }
}

/// What stands at these places once all is sorted, without sorting all.
fn in_order<T: Ord>(all: &mut [T], first: usize, end: usize) -> &[T] {
    let upto = if end < all.len() { all.select_nth_unstable(end).0 } else { all };
    let page = if first > 0 {
        let (_, at, after) = upto.select_nth_unstable(first - 1);
        let _ = at;
        after
    } else {
        upto
    };
    page.sort_unstable();
    page
}

/// Smaller comes first.
fn key(entry: &Entry, sort: ScheduleSort, now: DateTime<Utc>) -> i64 {
    match sort {
        ScheduleSort::Name => 0,
        ScheduleSort::Next => schedule::next(entry, now).map_or(i64::MAX, |next| next.at.timestamp_micros()),
        ScheduleSort::Last => {
            let last = entry.head.as_ref().and_then(|head| head.last);
            last.map_or(i64::MAX, |last| last.saturating_neg())
        }
    }
}

fn is(entry: &Entry, wanted: StandingFilter, now: DateTime<Utc>) -> bool {
    match wanted {
        StandingFilter::Broken => entry.definition.is_err(),
        StandingFilter::Paused => entry.definition.is_ok() && entry.active().is_none(),
        StandingFilter::Active => schedule::next(entry, now).is_some(),
        StandingFilter::Done => entry.active().is_some() && schedule::next(entry, now).is_none(),
    }
}

/// The task, where the entry can be understood.
fn task(entry: &Entry) -> &str {
    entry.definition.as_ref().map_or("", |definition| definition.task.as_str())
}

/// Whether a text has another one in it, capitals aside.
fn contains(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    text.len() >= part.len() && text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_what_sorting_all_would_have_put_there() {
        let numbers: Vec<u64> = (0..500).map(|number: u64| number.wrapping_mul(2_654_435_761) % 97).collect();
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        for (first, end) in [(0, 50), (50, 100), (450, 500), (470, 500), (0, 500), (499, 500)] {
            assert_eq!(in_order(&mut numbers.clone(), first, end), &sorted[first..end]);
        }
    }

    #[test]
    fn a_part_is_found_whatever_its_capitals() {
        assert!(contains("Nightly/report", "LY/R"));
        assert!(contains("täglich", "glich"));
        assert!(!contains("a", "ab"));
    }
}
