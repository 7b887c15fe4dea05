//! Moments as Celery writes them: ISO 8601 in headers and results, float seconds in events.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use serde::Serializer;

/// Reads an ISO 8601 moment, to the microsecond. One without an offset means UTC, as Celery reads it. What lies
/// outside of the years 1 to 9999 is no moment to Python.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let moment = read(text)?;
    let whole = moment.with_nanosecond(moment.nanosecond().min(999_999_999) / 1000 * 1000)?;
    (1..=9999).contains(&whole.year()).then_some(whole)
}

/// Celery reads with `dateutil`, which also takes the short forms of the standard: no separators, no time of day.
fn read(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(aware) = DateTime::parse_from_rfc3339(text) {
        return Some(aware.with_timezone(&Utc));
    }
    if let Some(naive) = parse_naive(text) {
        return Some(naive.and_utc());
    }
    for format in AWARE {
        if let Ok(aware) = DateTime::parse_from_str(text, format) {
            return Some(aware.with_timezone(&Utc));
        }
    }
    None
}

/// Reads an ISO 8601 moment without an offset; a date alone is its midnight.
pub fn parse_naive(text: &str) -> Option<NaiveDateTime> {
    let time = NAIVE.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let date =
        || ["%Y-%m-%d", "%Y%m%d"].iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    time.or_else(|| Some(date()?.and_time(NaiveTime::MIN)))
}

const NAIVE: [&str; 6] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y%m%dT%H%M%S%.f",
    "%Y%m%dT%H%M",
];
/// Offsets without a colon or without minutes, and a time without seconds.
const AWARE: [&str; 5] = [
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M%#z",
    "%Y%m%dT%H%M%S%.f%#z",
    "%Y%m%dT%H%M%#z",
];

/// Writes a moment as Python's `isoformat` does: microseconds unless they are zero, offset `+00:00`.
pub fn format(moment: DateTime<Utc>) -> String {
    let layout = if moment.timestamp_subsec_micros() == 0 {
        "%Y-%m-%dT%H:%M:%S+00:00"
    } else {
        "%Y-%m-%dT%H:%M:%S%.6f+00:00"
    };
    moment.format(layout).to_string()
}

/// Float seconds since the epoch, as events carry them.
pub fn to_epoch(moment: DateTime<Utc>) -> f64 {
    moment.timestamp_micros() as f64 / 1e6
}

/// The moment of float seconds since the epoch; `None` when it lies outside of the calendar.
pub fn from_epoch(seconds: f64) -> Option<DateTime<Utc>> {
    if !seconds.is_finite() || seconds.abs() > 8e12 {
        return None;
    }
    DateTime::from_timestamp_micros((seconds * 1e6).round() as i64)
}

/// Writes a moment into headers: an ISO string or null.
pub fn serialize<S: Serializer>(moment: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => serializer.serialize_str(&format(*moment)),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_celery_writes() {
        let aware = parse("2026-11-20T07:13:16.895150+00:00").expect("aware");
        assert_eq!(format(aware), "2026-11-20T07:13:16.895150+00:00");
        assert_eq!(parse("2026-11-20T07:13:16.895150"), Some(aware), "naive means UTC");
        assert_eq!(parse("2026-11-20T08:13:16.895150+01:00"), Some(aware));
        assert_eq!(parse("2026-11-20T07:13:16.895150Z"), Some(aware));
        assert_eq!(parse("soon"), None);
    }

    #[test]
    fn reads_the_short_forms() {
        let moment = parse("2026-11-20T07:13:00Z");
        for text in [
            "2026-11-20T07:13Z",
            "2026-11-20 07:13",
            "20261120T071300Z",
            "20261120T0713",
            "2026-11-20T08:13:00+0100",
            "2026-11-20T08:13:00+01",
            "2026-11-20 09:13:00+02:00",
        ] {
            assert_eq!(parse(text), moment, "{text}");
        }
        assert_eq!(parse("2026-11-20"), parse("2026-11-20T00:00:00Z"));
        assert_eq!(parse("20261120"), parse("2026-11-20T00:00:00Z"));
        for wrong in
            ["", "now", "2026-13-01", "10000-01-01T00:00:00Z", "0000-01-01", "-0001-01-01T00:00:00Z", "5"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn more_than_microseconds_are_cut() {
        let moment = parse("2026-11-20T07:13:16.123456789Z").expect("valid");
        assert_eq!(format(moment), "2026-11-20T07:13:16.123456+00:00");
        let leap = parse("2026-12-31T23:59:60.5Z").expect("chrono knows leap seconds");
        assert_eq!(parse(&format(leap)), Some(leap));
    }

    #[test]
    fn whole_seconds_have_no_fraction() {
        let moment = parse("2026-11-20T07:13:16Z").expect("valid");
        assert_eq!(format(moment), "2026-11-20T07:13:16+00:00");
    }

    #[test]
    fn epochs_beyond_the_calendar_are_refused() {
        assert_eq!(from_epoch(f64::NAN), None);
        assert_eq!(from_epoch(1e300), None);
        assert_eq!(from_epoch(0.5).map(to_epoch), Some(0.5));
    }
}
