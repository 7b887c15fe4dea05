//! Ids.

/// An id shortened in the middle: its ends are what people compare.
///
/// ```
/// use app::format::short_id;
/// assert_eq!(short_id("0198c1d2-3e4f-7a6b-8c9d-0e1f2a3b4c5d"), "0198c1d2…4c5d");
/// assert_eq!(short_id("job-17"), "job-17");
/// assert_eq!(short_id("ääääääääääääääää"), "ääääääää…ääää");
/// ```
pub fn short_id(id: &str) -> String {
    const HEAD: usize = 8;
    const TAIL: usize = 4;
    let length = id.chars().count();
    if length <= HEAD + TAIL + 1 {
        return id.to_owned();
    }
    let head: String = id.chars().take(HEAD).collect();
    let tail: String = id.chars().skip(length - TAIL).collect();
    format!("{head}…{tail}")
}
