//! Continues a series of seconds with what the stream tells.

use crate::view::SeriesPoint;

/// Takes in the newest seconds. The stream repeats the last few, still growing ones; each replaces its older picture.
/// The series keeps its length: for every second it gains, the oldest leaves.
pub fn fold_series(series: &mut Vec<SeriesPoint>, newest: &[SeriesPoint]) {
    let length = series.len();
    for point in newest {
        match series.binary_search_by_key(&point.at, |known| known.at) {
            Ok(place) => series[place] = *point,
            Err(place) if place == series.len() => series.push(*point),
            Err(_) => {}
        }
    }
    series.drain(..series.len() - length.max(1).min(series.len()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(at: i64, succeeded: u64) -> SeriesPoint {
        SeriesPoint { at, succeeded, ..SeriesPoint::default() }
    }

    #[test]
    fn growing_seconds_are_replaced_and_new_ones_push_out_the_oldest() {
        let mut series = vec![second(1, 5), second(2, 5), second(3, 1)];
        fold_series(&mut series, &[second(3, 4), second(4, 2)]);
        assert_eq!(series, [second(2, 5), second(3, 4), second(4, 2)]);
    }

    #[test]
    fn what_is_older_than_the_picture_is_left_out() {
        let mut series = vec![second(5, 1)];
        fold_series(&mut series, &[second(2, 9)]);
        assert_eq!(series, [second(5, 1)]);
    }

    #[test]
    fn nothing_to_fold_changes_nothing() {
        let mut series = Vec::new();
        fold_series(&mut series, &[]);
        assert!(series.is_empty());
    }
}
