//! The arithmetic of the chart: bars out of points, and round numbers for the axes.

use crate::view::{Millis, SeriesPoint};

/// More bars than this would be thinner than a person can point at.
const MOST_BARS: usize = 120;
/// Parts the vertical axis is divided into.
pub const PARTS: u64 = 4;

/// One bar: what happened from `at` for `seconds`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bar {
    pub at: Millis,
    pub succeeded: u64,
    pub retried: u64,
    pub failed: u64,
}

impl Bar {
    pub fn total(&self) -> u64 {
        self.succeeded + self.retried + self.failed
    }
}

/// Seconds one bar stands for: a whole number of steps.
pub fn bar_seconds(points: usize, step: u32) -> u32 {
    let steps = points.div_ceil(MOST_BARS).max(1);
    step.max(1).saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

/// Sums the points into bars. Bars begin at round moments rather than at the first point, so that a series which
/// moves on by one point does not make every bar change its height.
pub fn bars(points: &[SeriesPoint], step: u32) -> Vec<Bar> {
    let width = i64::from(bar_seconds(points.len(), step)) * 1_000;
    let mut bars: Vec<Bar> = Vec::with_capacity(MOST_BARS + 1);
    for point in points {
        let at = point.at - point.at.rem_euclid(width);
        if bars.last().is_none_or(|bar| bar.at != at) {
            bars.push(Bar { at, ..Bar::default() });
        }
        if let Some(bar) = bars.last_mut() {
            bar.succeeded += point.succeeded;
            bar.retried += point.retried;
            bar.failed += point.failed;
        }
    }
    bars
}

/// The value at the top of the axis: the least round number that holds `highest` and divides into whole parts.
pub fn ceiling(highest: u64) -> u64 {
    const ROUND: [u64; 10] = [10, 15, 20, 25, 30, 40, 50, 60, 75, 100];
    let part = highest.div_ceil(PARTS).max(1);
    if part <= 5 {
        return part * PARTS;
    }
    let mut unit = 1_u64;
    loop {
        if let Some(round) = ROUND.iter().map(|round| round.saturating_mul(unit)).find(|round| *round >= part)
        {
            return round.saturating_mul(PARTS);
        }
        unit = unit.saturating_mul(10);
    }
}

/// Words under the horizontal axis, evenly spaced from the oldest moment to now.
pub fn ticks(seconds: u64) -> Vec<String> {
    let (unit, letter) = match seconds {
        0..120 => (1, 's'),
        120..7_200 => (60, 'm'),
        7_200..172_800 => (3_600, 'h'),
        _ => (86_400, 'd'),
    };
    let whole = seconds / unit;
    // An hour reads better in quarters, ten minutes and thirty days in fifths.
    let order = if whole.is_multiple_of(12) { [4, 5, 6, 3, 2] } else { [5, 4, 6, 3, 2] };
    let parts = order.into_iter().find(|parts| whole.is_multiple_of(*parts) && whole > 0).unwrap_or(1);
    let mut words: Vec<String> =
        (0..parts).map(|i| format!("{}{letter} ago", whole / parts * (parts - i))).collect();
    words.push("now".to_owned());
    words
}

/// The length of one bar in words: "5 s", "1 m", "6 h".
pub fn length(seconds: u32) -> String {
    match seconds {
        s if s >= 86_400 && s.is_multiple_of(86_400) => format!("{} d", s / 86_400),
        s if s >= 3_600 && s.is_multiple_of(3_600) => format!("{} h", s / 3_600),
        s if s >= 60 && s.is_multiple_of(60) => format!("{} m", s / 60),
        s => format!("{s} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(at: i64) -> SeriesPoint {
        SeriesPoint { at: at * 1_000, succeeded: 1, ..SeriesPoint::default() }
    }

    #[test]
    fn ten_minutes_of_seconds_are_bars_of_five() {
        let points: Vec<SeriesPoint> = (1_000..1_600).map(second).collect();
        let bars = bars(&points, 1);
        assert_eq!((bars.len(), bar_seconds(points.len(), 1)), (120, 5));
        assert!(bars.iter().all(|bar| bar.total() == 5));
    }

    #[test]
    fn a_series_that_moves_on_keeps_its_bars() {
        let before: Vec<SeriesPoint> = (1_000..1_600).map(second).collect();
        let after: Vec<SeriesPoint> = (1_001..1_601).map(second).collect();
        assert_eq!(bars(&before, 1)[1..], bars(&after, 1)[1..120]);
    }

    #[test]
    fn the_axis_ends_at_round_numbers() {
        let tops: Vec<u64> = [0, 1, 4, 5, 17, 21, 81, 99, 101, 1_234].into_iter().map(ceiling).collect();
        assert_eq!(tops, [4, 4, 4, 8, 20, 40, 100, 100, 120, 1_600]);
        assert!(ceiling(u64::MAX) >= u64::MAX / 2);
    }

    #[test]
    fn ticks_divide_the_span_evenly() {
        assert_eq!(ticks(600), ["10m ago", "8m ago", "6m ago", "4m ago", "2m ago", "now"]);
        assert_eq!(ticks(3_600), ["60m ago", "45m ago", "30m ago", "15m ago", "now"]);
        assert_eq!(ticks(86_400), ["24h ago", "18h ago", "12h ago", "6h ago", "now"]);
        assert_eq!(ticks(30 * 86_400), ["30d ago", "24d ago", "18d ago", "12d ago", "6d ago", "now"]);
        assert_eq!(ticks(7), ["7s ago", "now"]);
        assert_eq!(ticks(0), ["0s ago", "now"]);
    }
}
