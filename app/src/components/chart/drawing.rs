//! Bars as path data, in a picture one unit wide per bar and 100 units high, which the browser stretches.

use super::scale::{Bar, PARTS};

pub(super) const HEIGHT: f64 = 100.0;
/// The share of its place that a bar fills; the rest keeps neighbours apart.
const FILL: f64 = 0.8;
/// Failures and retries are never too few to be seen.
const LEAST: f64 = 1.6;

/// The three layers of one chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Layers {
    pub(super) failed: String,
    pub(super) retried: String,
    pub(super) succeeded: String,
}

/// Stacks failed, retried and succeeded from the ground up: trouble stands on the axis, where heights compare.
pub(super) fn stack(bars: &[Bar], top: u64) -> Layers {
    let mut layers = Layers::default();
    let height = |count: u64| count as f64 / top.max(1) as f64 * HEIGHT;
    let seen = |count: u64| if count == 0 { 0.0 } else { height(count).max(LEAST) };
    for (at, bar) in bars.iter().enumerate() {
        let (failed, retried) = (seen(bar.failed), seen(bar.retried));
        let ground = failed + retried;
        push(&mut layers.failed, at, 0.0, failed);
        push(&mut layers.retried, at, failed, retried);
        push(&mut layers.succeeded, at, ground, height(bar.succeeded).min(HEIGHT - ground));
    }
    layers
}

fn push(path: &mut String, at: usize, ground: f64, height: f64) {
    if height > 0.0 {
        let x = at as f64 + (1.0 - FILL) / 2.0;
        path.push_str(&format!("M{x:.1} {:.2}h{FILL}v-{height:.2}h-{FILL}z", HEIGHT - ground));
    }
}

/// The hairlines behind the bars, one per part of the axis.
pub(super) fn grid(width: usize) -> String {
    (0..=PARTS).map(|part| format!("M0 {}h{width}", HEIGHT / PARTS as f64 * part as f64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_among_thousands_is_still_drawn() {
        let bar = Bar { succeeded: 9_999, failed: 1, ..Bar::default() };
        let layers = stack(&[bar], 10_000);
        assert_eq!(layers.failed, "M0.1 100.00h0.8v-1.60h-0.8z");
        assert_eq!(layers.succeeded, "M0.1 98.40h0.8v-98.40h-0.8z");
    }

    #[test]
    fn layers_stand_on_one_another() {
        let bar = Bar { succeeded: 50, retried: 20, failed: 10, ..Bar::default() };
        let layers = stack(&[bar], 100);
        assert_eq!(layers.retried, "M0.1 90.00h0.8v-20.00h-0.8z");
        assert_eq!(layers.succeeded, "M0.1 70.00h0.8v-50.00h-0.8z");
    }

    #[test]
    fn nothing_leaves_nothing() {
        assert_eq!(stack(&[Bar::default()], 4), Layers::default());
    }
}
