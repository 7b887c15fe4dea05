//! Counts, rates and shares.

/// A count in full, with thousands separators.
///
/// ```
/// use app::format::exact;
/// assert_eq!(exact(0), "0");
/// assert_eq!(exact(999), "999");
/// assert_eq!(exact(12_483), "12,483");
/// assert_eq!(exact(1_000_000), "1,000,000");
/// ```
pub fn exact(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count for a badge, an axis or a tile: three figures at most, never rounded up to the next unit.
///
/// ```
/// use app::format::short;
/// assert_eq!(short(0), "0");
/// assert_eq!(short(999), "999");
/// assert_eq!(short(1_000), "1k");
/// assert_eq!(short(12_483), "12.4k");
/// assert_eq!(short(999_999), "999k");
/// assert_eq!(short(1_300_000), "1.3M");
/// assert_eq!(short(2_000_000_000), "2B");
/// ```
pub fn short(count: u64) -> String {
    let (unit, letter) = match count {
        0..1_000 => return count.to_string(),
        1_000..1_000_000 => (1_000, 'k'),
        1_000_000..1_000_000_000 => (1_000_000, 'M'),
        _ => (1_000_000_000, 'B'),
    };
    let (whole, tenth) = (count / unit, count % unit * 10 / unit);
    if whole >= 100 || tenth == 0 { format!("{whole}{letter}") } else { format!("{whole}.{tenth}{letter}") }
}

/// Things per second.
///
/// ```
/// use app::format::rate;
/// assert_eq!(rate(0.0), "0/s");
/// assert_eq!(rate(84.21), "84.2/s");
/// assert_eq!(rate(0.02), "<0.1/s");
/// assert_eq!(rate(12_483.4), "12,483/s");
/// assert_eq!(rate(f64::NAN), "–");
/// ```
pub fn rate(per_second: f64) -> String {
    match per_second {
        r if !r.is_finite() || r < 0.0 => super::UNKNOWN.to_owned(),
        0.0 => "0/s".to_owned(),
        r if r < 0.05 => "<0.1/s".to_owned(),
        r if r < 999.95 => format!("{r:.1}/s"),
        r => format!("{}/s", exact(r as u64)),
    }
}

/// A part of a whole, one decimal. A part that exists is never shown as nothing.
///
/// ```
/// use app::format::percent;
/// assert_eq!(percent(0, 10), "0 %");
/// assert_eq!(percent(1, 4), "25.0 %");
/// assert_eq!(percent(1, 100_000), "<0.1 %");
/// assert_eq!(percent(99_999, 100_000), ">99.9 %");
/// assert_eq!(percent(4, 4), "100 %");
/// assert_eq!(percent(0, 0), "–");
/// ```
pub fn percent(part: u64, whole: u64) -> String {
    match (part, whole) {
        (_, 0) => super::UNKNOWN.to_owned(),
        (0, _) => "0 %".to_owned(),
        (part, whole) if part >= whole => "100 %".to_owned(),
        (part, whole) => match part as f64 * 100.0 / whole as f64 {
            p if p < 0.1 => "<0.1 %".to_owned(),
            p if p >= 99.95 => ">99.9 %".to_owned(),
            p => format!("{p:.1} %"),
        },
    }
}

/// How far a task is, from a share between 0 and 1.
///
/// ```
/// use app::format::share;
/// assert_eq!(share(0.0), "0 %");
/// assert_eq!(share(0.424), "42 %");
/// assert_eq!(share(0.999), "99 %");
/// assert_eq!(share(1.0), "100 %");
/// assert_eq!(share(7.0), "100 %");
/// ```
pub fn share(done: f64) -> String {
    format!("{} %", (done.clamp(0.0, 1.0) * 100.0).floor())
}
