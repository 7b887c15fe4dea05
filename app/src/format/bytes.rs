//! Sizes.

/// A size in IEC units.
///
/// ```
/// use app::format::bytes;
/// assert_eq!(bytes(0), "0 B");
/// assert_eq!(bytes(1_023), "1,023 B");
/// assert_eq!(bytes(1_024), "1.0 KiB");
/// assert_eq!(bytes(10 * 1_024 * 1_024), "10.0 MiB");
/// assert_eq!(bytes(u64::MAX), "16.0 EiB");
/// ```
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if size < 1_024 {
        return format!("{} B", super::exact(size));
    }
    let mut value = size as f64 / 1_024.0;
    let mut unit = 0;
    while value >= 1_023.95 && unit + 1 < UNITS.len() {
        value /= 1_024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}
