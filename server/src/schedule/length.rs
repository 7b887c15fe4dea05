//! Lengths of time as people write them: `30d`, `1h`, `1h30m`, `250ms`, or seconds as a number.

use std::time::Duration;

/// Beyond this a length is surely a slip, and arithmetic with moments would overflow.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

const UNITS: [(&str, f64); 6] =
    [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0), ("w", 604_800.0)];

/// Reads a length of time; `None` when the text is none.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if let Ok(seconds) = rest.parse::<f64>() {
        return from_seconds(seconds);
    }
    if rest.is_empty() {
        return None;
    }
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let amount: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (_, factor) = UNITS.iter().find(|(unit, _)| *unit == &rest[..letters])?;
        seconds += amount * factor;
        rest = rest[letters..].trim_start();
    }
    from_seconds(seconds)
}

/// A length from a number of seconds, unless that is negative, no number, or absurdly long.
pub(crate) fn from_seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().filter(|length| *length <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        assert_eq!(parse("90"), Some(Duration::from_secs(90)));
        assert_eq!(parse("1.5"), Some(Duration::from_millis(1500)));
        assert_eq!(parse("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(parse("1h30m"), Some(Duration::from_secs(5400)));
        assert_eq!(parse(" 1h 30m "), Some(Duration::from_secs(5400)));
        assert_eq!(parse("30d"), Some(Duration::from_secs(30 * 86_400)));
        assert_eq!(parse("2w"), Some(Duration::from_secs(14 * 86_400)));
    }

    #[test]
    fn refuses_what_is_no_length() {
        for text in ["", "h", "-1", "1x", "1h30", "1..5s", "NaN", "inf", "99999w", "٣s"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
