//! A line as small as a word: the shape of the recent past, beside the number it leads to.

use leptos::prelude::*;

const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 20.0;
/// Keeps the line's own thickness inside the picture.
const MARGIN: f64 = 1.5;

/// The line. `label` says what it counts; screen readers hear the latest and the highest value with it.
#[component]
pub fn Sparkline(#[prop(into)] points: Signal<Vec<u32>>, #[prop(into)] label: String) -> impl IntoView {
    let words = move || {
        points.with(|points| {
            let latest = points.last().copied().unwrap_or_default();
            let highest = points.iter().copied().max().unwrap_or_default();
            format!("{label}: latest {latest}, highest {highest}")
        })
    };
    view! {
        <svg
            class=move || if points.with(|points| points.iter().all(|point| *point == 0)) { "sparkline sparkline-flat" } else { "sparkline" }
            viewBox=format!("0 0 {WIDTH} {HEIGHT}")
            width=WIDTH
            height=HEIGHT
            role="img"
            aria-label=words
        >
            <path class="sparkline-area" d=move || points.with(|points| area(points)) />
            <path class="sparkline-line" d=move || points.with(|points| line(points)) fill="none" />
        </svg>
    }
}

/// Where each point stands. A single point becomes a level line.
fn places(points: &[u32]) -> Vec<(f64, f64)> {
    let highest = f64::from(points.iter().copied().max().unwrap_or_default().max(1));
    let y = |point: u32| HEIGHT - MARGIN - f64::from(point) / highest * (HEIGHT - 2.0 * MARGIN);
    match points {
        [] => vec![(0.0, y(0)), (WIDTH, y(0))],
        [only] => vec![(0.0, y(*only)), (WIDTH, y(*only))],
        many => {
            let step = WIDTH / (many.len() - 1) as f64;
            many.iter().enumerate().map(|(i, point)| (i as f64 * step, y(*point))).collect()
        }
    }
}

fn line(points: &[u32]) -> String {
    let mut path = String::new();
    for (x, y) in places(points) {
        let verb = if path.is_empty() { 'M' } else { 'L' };
        path.push_str(&format!("{verb}{x:.1} {y:.1}"));
    }
    path
}

fn area(points: &[u32]) -> String {
    format!("{}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z", line(points))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_and_one_value_are_level_lines() {
        assert_eq!(line(&[]), "M0.0 18.5L96.0 18.5");
        assert_eq!(line(&[7]), "M0.0 1.5L96.0 1.5");
    }

    #[test]
    fn the_highest_value_reaches_the_top_and_zero_the_bottom() {
        assert_eq!(line(&[0, 10, 5]), "M0.0 18.5L48.0 1.5L96.0 10.0");
    }

    #[test]
    fn the_area_is_the_line_closed_along_the_bottom() {
        assert_eq!(area(&[0, 1]), "M0.0 18.5L96.0 1.5L96 20L0 20Z");
    }
}
