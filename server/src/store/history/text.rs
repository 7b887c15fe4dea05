//! Bounds for texts that come from tasks: nothing is kept longer than somebody can read.

/// Names of exceptions, results and arguments as reprs, in bytes.
pub const REPR: usize = 1024;
/// A remark in a timeline.
pub const REMARK: usize = 240;
pub const TRACEBACK: usize = 64 * 1024;
/// What a task tells of its progress, as JSON.
pub const META: usize = 4 * 1024;
/// Ids of tasks.
pub const ID: usize = 255;

/// The beginning of the text, at most `max` bytes of it, never half a letter.
pub fn cut(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn letters_stay_whole() {
        assert_eq!(cut("größe", 3), "gr");
        assert_eq!(cut("größe", 4), "grö");
        assert_eq!(cut("kurz", 99), "kurz");
        assert_eq!(cut("🦀", 1), "");
    }
}
