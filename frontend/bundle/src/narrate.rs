//! What the tool says while it works: one line per step, with its time.

use std::time::Instant;

/// One line about a step, aligned so that a column of them reads well.
pub(crate) fn say(step: &str, words: &str) {
    eprintln!("  {step:<10} {words}");
}

/// Runs a step that may take long: says what it is before, and how long it took after.
pub(crate) fn timed<T, E>(step: &str, words: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    say(step, words);
    let start = Instant::now();
    let outcome = work()?;
    say(step, &format!("done in {:.1} s", start.elapsed().as_secs_f64()));
    Ok(outcome)
}

/// A size as a person reads it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.2} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_read_well() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1_500), "1.5 kB");
        assert_eq!(size(2_345_678), "2.35 MB");
    }
}
