//! Sets of numbers, as people list them.

use crate::schedule::crontab::Values;

/// "a", "a and b", "a, b and c".
pub(super) fn and(items: impl IntoIterator<Item = String>) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    match items.pop() {
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} and {last}", items.join(", ")),
        None => String::new(),
    }
}

/// What a field's values have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    All,
    One(u32),
    /// Every so many, from the smallest possible one to the end.
    Step(u32),
    /// One after the other, perhaps past the end to the beginning again.
    Range(u32, u32),
    Other,
}

/// A field's values out of those from the smallest to the largest possible one.
pub(super) fn shape(values: Values, smallest: u32, largest: u32) -> Shape {
    let span = largest - smallest + 1;
    let list: Vec<u32> = values.iter().collect();
    if values.len() == span {
        return Shape::All;
    }
    if let [one] = list[..] {
        return Shape::One(one);
    }
    if let [(first, last)] = runs(values, smallest, largest)[..]
        && values.len() > 2
    {
        return Shape::Range(first, last);
    }
    let step = list[1] - list[0];
    let even = list.windows(2).all(|pair| pair[1] - pair[0] == step);
    if even && list[0] == smallest && list[list.len() - 1] + step > largest && values.len() > 2 {
        return Shape::Step(step);
    }
    Shape::Other
}

/// Values that follow each other, as first and last ones. A run may go past the end to the beginning again.
pub(super) fn runs(values: Values, smallest: u32, largest: u32) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for value in values.iter() {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == value => *last = value,
            _ => runs.push((value, value)),
        }
    }
    if runs.len() > 1 && runs[0].0 == smallest && runs[runs.len() - 1].1 == largest {
        let (first, _) = runs.pop().expect("there are two");
        runs[0].0 = first;
        runs.rotate_left(1);
    }
    runs
}

/// "1, 5 and 10–20", each number as this says.
pub(super) fn numbers(values: Values, show: impl Fn(u32) -> String) -> String {
    let shown = runs(values, u32::MAX, u32::MAX).into_iter().flat_map(|(first, last)| {
        if last < first + 2 {
            (first..=last).map(&show).collect()
        } else {
            vec![format!("{}–{}", show(first), show(last))]
        }
    });
    and(shown.collect::<Vec<String>>())
}
