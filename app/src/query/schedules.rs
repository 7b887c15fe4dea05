//! The address bar as the state of the list of schedules.

use super::{decode, encode};
use crate::view::{ScheduleFilter, ScheduleSort, StandingFilter};

/// The words of a standing, as they stand in the URL and in the page.
pub const STANDINGS: [(StandingFilter, &str, &str); 4] = [
    (StandingFilter::Active, "active", "Active"),
    (StandingFilter::Paused, "paused", "Paused"),
    (StandingFilter::Done, "done", "Done"),
    (StandingFilter::Broken, "broken", "Broken"),
];

/// The words of an order, as they stand in the URL and in the page.
pub const ORDERS: [(ScheduleSort, &str, &str); 3] = [
    (ScheduleSort::Next, "next", "Next run"),
    (ScheduleSort::Name, "name", "Name"),
    (ScheduleSort::Last, "last", "Last run"),
];

/// Reads a query string, with or without its question mark. Unknown words are ignored: an old link must open.
pub fn parse_schedules(search: &str) -> ScheduleFilter {
    let mut filter = ScheduleFilter::default();
    for pair in search.trim_start_matches('?').split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decode(value);
        let value = value.trim();
        match key {
            "search" => filter.search = value.to_owned(),
            "standing" => {
                filter.standing = STANDINGS.iter().find(|(_, word, _)| *word == value).map(|known| known.0);
            }
            "sort" => {
                filter.sort = ORDERS
                    .iter()
                    .find(|(_, word, _)| *word == value)
                    .map(|known| known.0)
                    .unwrap_or_default();
            }
            "offset" => filter.offset = value.parse().unwrap_or_default(),
            _ => {}
        }
    }
    filter
}

/// The address of the list in this state.
pub fn schedules_href(filter: &ScheduleFilter) -> String {
    let mut pairs = Vec::new();
    if !filter.search.is_empty() {
        pairs.push(format!("search={}", encode(&filter.search)));
    }
    pairs.extend(
        STANDINGS
            .iter()
            .filter(|known| Some(known.0) == filter.standing)
            .map(|known| format!("standing={}", known.1)),
    );
    let usual = ScheduleSort::default();
    pairs.extend(
        ORDERS
            .iter()
            .filter(|known| known.0 == filter.sort && known.0 != usual)
            .map(|known| format!("sort={}", known.1)),
    );
    if filter.offset > 0 {
        pairs.push(format!("offset={}", filter.offset));
    }
    match pairs.is_empty() {
        true => "/schedules".to_owned(),
        false => format!("/schedules?{}", pairs.join("&")),
    }
}

/// The page of an entry. Names come from outside, so every unusual byte is escaped.
pub fn schedule_href(name: &str) -> String {
    format!("/schedules/{}", encode(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for standing in STANDINGS.map(|known| Some(known.0)).into_iter().chain([None]) {
            for sort in ORDERS.map(|known| known.0) {
                for (search, offset) in [("", 0), ("a&b=c? é", 50)] {
                    let filter = ScheduleFilter { search: search.to_owned(), standing, sort, offset };
                    let href = schedules_href(&filter);
                    assert_eq!(parse_schedules(href.trim_start_matches("/schedules")), filter, "{href}");
                }
            }
        }
    }

    #[test]
    fn the_plain_list_has_a_plain_address_and_unknown_words_change_nothing() {
        assert_eq!(schedules_href(&ScheduleFilter::default()), "/schedules");
        let odd = "?standing=asleep&sort=upwards&offset=-1&view=moon&search=+";
        assert_eq!(parse_schedules(odd), ScheduleFilter::default());
        assert_eq!(schedule_href("a/b?"), "/schedules/a%2Fb%3F");
    }
}
