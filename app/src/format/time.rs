//! Moments: how long ago, and exactly when.

use crate::view::Millis;

const DAY: i64 = 86_400_000;

/// How far a moment is from now, for lists.
///
/// ```
/// use app::format::relative;
/// let now = 1_000_000_000_000;
/// assert_eq!(relative(now, now), "now");
/// assert_eq!(relative(now - 999, now), "now");
/// assert_eq!(relative(now - 12_000, now), "12s ago");
/// assert_eq!(relative(now + 180_000, now), "in 3m");
/// assert_eq!(relative(now - 2 * 3_600_000, now), "2h ago");
/// assert_eq!(relative(now - 5 * 86_400_000, now), "5d ago");
/// ```
pub fn relative(at: Millis, now: Millis) -> String {
    let away = now.saturating_sub(at);
    let seconds = away.unsigned_abs() / 1_000;
    let text = match seconds {
        0 => return "now".to_owned(),
        1..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    };
    if away > 0 { format!("{text} ago") } else { format!("in {text}") }
}

/// A moment with its date and zone, where nothing beside it names the zone.
///
/// ```
/// use app::format::absolute;
/// assert_eq!(absolute(0, 0), "1970-01-01 00:00:00 UTC");
/// assert_eq!(absolute(1_709_210_096_789, 0), "2024-02-29 12:34:56.789 UTC");
/// assert_eq!(absolute(1_709_210_096_000, 120), "2024-02-29 14:34:56 UTC+02:00");
/// assert_eq!(absolute(-1, 0), "1969-12-31 23:59:59.999 UTC");
/// ```
pub fn absolute(at: Millis, zone: Zone) -> String {
    let local = in_zone(at, zone);
    format!("{} {} {}", date(local), time_of_day(local), zone_name(zone))
}

/// A moment beside a zone that is named once for many: the time of day, and the date where it is not today's.
///
/// ```
/// use app::format::moment;
/// let now = 1_709_210_096_000;
/// assert_eq!(moment(now - 211, now, 0), "12:34:55.789");
/// assert_eq!(moment(now, now, 120), "14:34:56.000");
/// assert_eq!(moment(now, now + 12 * 3_600_000, 0), "2024-02-29 12:34:56.000");
/// assert_eq!(moment(now, now + 12 * 3_600_000, -60), "11:34:56.000");
/// ```
pub fn moment(at: Millis, now: Millis, zone: Zone) -> String {
    let (local, today) = (in_zone(at, zone), in_zone(now, zone));
    let time = format!("{}.{:03}", seconds_of_day(local), local.rem_euclid(1_000));
    if local.div_euclid(DAY) == today.div_euclid(DAY) { time } else { format!("{} {time}", date(local)) }
}

/// How many minutes a zone is ahead of UTC.
pub type Zone = i64;

/// A zone by its distance from UTC.
///
/// ```
/// use app::format::zone_name;
/// assert_eq!(zone_name(0), "UTC");
/// assert_eq!(zone_name(330), "UTC+05:30");
/// assert_eq!(zone_name(-210), "UTC-03:30");
/// ```
pub fn zone_name(zone: Zone) -> String {
    let (sign, away) = (if zone < 0 { '-' } else { '+' }, zone.abs());
    if away == 0 { "UTC".to_owned() } else { format!("UTC{sign}{:02}:{:02}", away / 60, away % 60) }
}

fn in_zone(at: Millis, zone: Zone) -> Millis {
    at.saturating_add(zone.saturating_mul(60_000))
}

/// A moment for machines, as it stands in `<time datetime>` and in URLs.
///
/// ```
/// use app::format::iso;
/// assert_eq!(iso(1_709_210_096_789), "2024-02-29T12:34:56.789Z");
/// assert_eq!(iso(1_709_210_096_000), "2024-02-29T12:34:56Z");
/// ```
pub fn iso(at: Millis) -> String {
    format!("{}T{}Z", date(at), time_of_day(at))
}

/// A moment as the value of an `<input type="datetime-local" step="1">`.
///
/// ```
/// use app::format::input_value;
/// assert_eq!(input_value(1_709_210_096_789), "2024-02-29T12:34:56");
/// ```
pub fn input_value(at: Millis) -> String {
    format!("{}T{}", date(at), time_of_day(at - at.rem_euclid(1_000)))
}

/// Reads ISO 8601, with or without time, seconds, fraction and offset. Without an offset it is UTC, which is
/// also how the value of a `datetime-local` input is read.
///
/// ```
/// use app::format::parse_iso;
/// assert_eq!(parse_iso("2024-02-29T12:34:56.789Z"), Some(1_709_210_096_789));
/// assert_eq!(parse_iso("2024-02-29 12:34"), Some(1_709_210_040_000));
/// assert_eq!(parse_iso("2024-02-29T14:34:56+02:00"), Some(1_709_210_096_000));
/// assert_eq!(parse_iso("2024-02-29"), Some(1_709_164_800_000));
/// assert_eq!(parse_iso("2023-02-29"), None);
/// assert_eq!(parse_iso("2024-02-29T25:00"), None);
/// assert_eq!(parse_iso("yesterday"), None);
/// ```
pub fn parse_iso(text: &str) -> Option<Millis> {
    let text = text.trim();
    if !text.is_ascii() || text.len() < 10 {
        return None;
    }
    let (date, rest) = text.split_at(10);
    let mut parts = date.split('-');
    let (year, month, day) =
        (figures(parts.next()?, 4)?, figures(parts.next()?, 2)?, figures(parts.next()?, 2)?);
    let days = days_from_civil(year, month, day);
    if civil_from_days(days) != (year, month, day) {
        return None;
    }
    let within = if rest.is_empty() { 0 } else { parse_time(rest.strip_prefix(['T', 't', ' '])?)? };
    Some(days * DAY + within)
}

/// Milliseconds after midnight UTC of `12:34[:56[.789]][Z|±02[:]00]`.
fn parse_time(text: &str) -> Option<i64> {
    let zone_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone_at);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':');
    let (hour, minute) = (figures(parts.next()?, 2)?, figures(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |text| figures(text, 2))?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let millis: i64 = format!("{fraction:0<3}")[..3].parse().ok()?;
    Some(((hour * 60 + minute) * 60 + second) * 1_000 + millis - parse_offset(zone)?)
}

/// Milliseconds a zone is ahead of UTC.
fn parse_offset(zone: &str) -> Option<i64> {
    let sign = match zone.as_bytes() {
        [] | [b'Z' | b'z'] => return Some(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let digits = zone[1..].replace(':', "");
    let (hours, minutes) = match digits.len() {
        2 => (figures(&digits, 2)?, 0),
        4 => (figures(&digits[..2], 2)?, figures(&digits[2..], 2)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60_000)
}

fn figures(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn date(at: Millis) -> String {
    let (year, month, day) = civil_from_days(at.div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

fn time_of_day(at: Millis) -> String {
    match at.rem_euclid(1_000) {
        0 => seconds_of_day(at),
        fraction => format!("{}.{fraction:03}", seconds_of_day(at)),
    }
}

fn seconds_of_day(at: Millis) -> String {
    let seconds = at.rem_euclid(DAY) / 1_000;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Days since 1970-01-01 of a date in the Gregorian calendar. Years are counted from March, so that the leap
/// day is the last of its year and months follow one another with a fixed pattern of 153 days per five.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_eight_centuries_survives_the_round_trip() {
        for days in -146_097..2 * 146_097 {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for at in (0..4_000_000_000_000).step_by(86_399_999 * 31) {
            assert_eq!(parse_iso(&iso(at)), Some(at));
        }
    }

    #[test]
    fn hostile_text_is_no_time() {
        for text in [
            "",
            "2024",
            "2024-13-01",
            "2024-00-10",
            "9999-99-99T99:99",
            "2024-01-01T",
            "2024-01-01Tx",
            "２０２４-01-01",
        ] {
            assert_eq!(parse_iso(text), None, "{text}");
        }
    }
}
