//! How long something took, or has been going on.

/// A duration in seconds, with two units at most.
///
/// ```
/// use app::format::duration;
/// assert_eq!(duration(0.0), "0 ms");
/// assert_eq!(duration(0.0004), "<1 ms");
/// assert_eq!(duration(0.842), "842 ms");
/// assert_eq!(duration(0.9996), "1.0 s");
/// assert_eq!(duration(12.44), "12.4 s");
/// assert_eq!(duration(59.97), "1 m 00 s");
/// assert_eq!(duration(187.0), "3 m 07 s");
/// assert_eq!(duration(8_040.0), "2 h 14 m");
/// assert_eq!(duration(273_600.0), "3 d 4 h");
/// assert_eq!(duration(-1.0), "–");
/// ```
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if !s.is_finite() || s < 0.0 => super::UNKNOWN.to_owned(),
        0.0 => "0 ms".to_owned(),
        s if s < 0.0005 => "<1 ms".to_owned(),
        s if s < 0.9995 => format!("{:.0} ms", s * 1_000.0),
        s if s < 59.95 => format!("{s:.1} s"),
        s => whole(s.round() as u64),
    }
}

/// A duration that is still growing: whole seconds, so that it ticks evenly.
///
/// ```
/// use app::format::clock;
/// assert_eq!(clock(0), "0 s");
/// assert_eq!(clock(59_999), "59 s");
/// assert_eq!(clock(187_000), "3 m 07 s");
/// assert_eq!(clock(-40), "0 s");
/// ```
pub fn clock(millis: i64) -> String {
    match (millis.max(0) / 1_000).unsigned_abs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => whole(seconds),
    }
}

fn whole(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        0..3_600 => format!("{minutes} m {:02} s", seconds % 60),
        3_600..86_400 => format!("{hours} h {:02} m", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}
