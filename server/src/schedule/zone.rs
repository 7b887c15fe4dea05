//! Time zones: their names, and wall times and moments in them.

use super::{Occurrence, Shift, Tz};
use crate::nearest::nearest;
use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{GapInfo, TZ_VARIANTS};

/// The longest name that is repeated in an error.
const LONGEST: usize = 64;
/// The smallest difference between two moments.
pub(super) const INSTANT: TimeDelta = TimeDelta::nanoseconds(1);
/// The most by which a clock was ever put forward is a day, when an island changed sides of the date line. What was
/// skipped then has run when this time has passed.
pub(super) const SETTLED: TimeDelta = TimeDelta::hours(25);
/// No zone has ever changed its clocks twice within this time: seven days less an hour is the shortest that was, and
/// the last change that is known of is in 2099.
const STEADY: TimeDelta = TimeDelta::days(6);

/// A zone by its name, in capitals or not. The error is a sentence that names the nearest right one.
pub fn parse(name: &str) -> Result<Tz, String> {
    let name = name.trim();
    if name.len() > LONGEST {
        return Err(format!("is longer than the {LONGEST} letters that a time zone may have"));
    }
    if name.is_empty() {
        return Err("is empty; write a time zone like UTC or Europe/Berlin".to_owned());
    }
    if let Some(zone) = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)) {
        return Ok(*zone);
    }
    let names = || TZ_VARIANTS.iter().map(|zone| zone.name());
    Err(match names().find(|known| is_city(name, known)).or_else(|| nearest(name, names())) {
        Some(meant) => format!("{name:?} is no time zone; did you mean {meant}?"),
        None => format!("{name:?} is no time zone; write one like UTC or Europe/Berlin"),
    })
}

/// Whether this is the last part of the name of a zone, with spaces or underscores.
fn is_city(name: &str, zone: &str) -> bool {
    let city = zone.rsplit('/').next().unwrap_or_default();
    city.eq_ignore_ascii_case(&name.replace(' ', "_"))
}

/// How far the wall clock is ahead of UTC.
pub(super) fn offset(zone: Tz, at: DateTime<Utc>) -> TimeDelta {
    seconds(zone.offset_from_utc_datetime(&at.naive_utc()))
}

fn seconds(offset: impl Offset) -> TimeDelta {
    TimeDelta::seconds(i64::from(offset.fix().local_minus_utc()))
}

/// What the wall clock shows.
pub(super) fn wall(zone: Tz, at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc() + offset(zone, at)
}

/// When something runs that is meant to run at this wall time: while the clock is put forward or back, by the clock
/// as it was before.
pub(super) fn moment(zone: Tz, wall: NaiveDateTime) -> Occurrence {
    let (offset, shift) = match zone.offset_from_local_datetime(&wall) {
        MappedLocalTime::Single(offset) => (seconds(offset), None),
        MappedLocalTime::Ambiguous(first, _) => (seconds(first), Some(Shift::Repeated)),
        MappedLocalTime::None => (gap(zone, wall).before, Some(Shift::Skipped { meant: wall })),
    };
    Occurrence { at: (wall - offset).and_utc(), shift }
}

/// A change of the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) at: DateTime<Utc>,
    /// How far the wall clock was ahead of UTC before.
    pub(super) before: TimeDelta,
    pub(super) after: TimeDelta,
}

impl Change {
    /// The first wall time that is meant by the clock as it is afterwards. Those before, which the change skips or
    /// repeats, are meant by the clock as it was.
    pub(super) fn settled(&self) -> NaiveDateTime {
        self.at.naive_utc() + self.before.max(self.after)
    }
}

/// The change that skips this wall time. There must be one.
pub(super) fn gap(zone: Tz, wall: NaiveDateTime) -> Change {
    let (begin, before) =
        GapInfo::new(&wall, &zone).and_then(|gap| gap.begin).expect("only a change skips a wall time");
    let before = seconds(before);
    let at = (begin - before).and_utc();
    Change { at, before, after: offset(zone, at) }
}

/// All changes after `from` and not after `until`, oldest first.
pub(super) fn changes(zone: Tz, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Change> {
    let mut changes = Vec::new();
    let (mut at, mut before) = (from, offset(zone, from));
    while at < until {
        let next = until.min(at + STEADY);
        let after = offset(zone, next);
        if after != before {
            changes.push(Change { at: first_with(zone, after, at, next), before, after });
            before = after;
        }
        at = next;
    }
    changes
}

/// The second, after one moment and not after another, from which on the clock is this far ahead.
fn first_with(zone: Tz, after: TimeDelta, from: DateTime<Utc>, until: DateTime<Utc>) -> DateTime<Utc> {
    let (mut low, mut high) = (from.timestamp(), until.timestamp());
    let at = |second| DateTime::from_timestamp(second, 0).expect("it is between two moments");
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if offset(zone, at(middle)) == after {
            high = middle;
        } else {
            low = middle;
        }
    }
    at(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_found_by_name() {
        assert_eq!(parse("Europe/Berlin"), Ok(Tz::Europe__Berlin));
        assert_eq!(parse(" utc "), Ok(Tz::UTC));
        for (name, sentence) in [
            ("", "is empty; write a time zone like UTC or Europe/Berlin"),
            ("Europe/Berln", "\"Europe/Berln\" is no time zone; did you mean Europe/Berlin?"),
            ("new york", "\"new york\" is no time zone; did you mean America/New_York?"),
            (
                "Mars/Olympus_Mons",
                "\"Mars/Olympus_Mons\" is no time zone; write one like UTC or Europe/Berlin",
            ),
        ] {
            assert_eq!(parse(name), Err(sentence.to_owned()));
        }
        assert!(parse(&"x".repeat(10_000)).is_err_and(|sentence| sentence.len() < 100));
    }

    #[test]
    fn changes_are_found_however_close() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a moment");
        let (hour, two) = (TimeDelta::hours(-4), TimeDelta::hours(-3));
        // Summer time of one week: the shortest that ever was.
        let week = [
            Change { at: at("2000-10-08T04:00:00Z"), before: hour, after: two },
            Change { at: at("2000-10-15T03:00:00Z"), before: two, after: hour },
        ];
        let zone = Tz::America__Boa_Vista;
        for day in 1..=7 {
            let from = at("2000-10-01T00:00:00Z") + TimeDelta::days(day);
            assert_eq!(changes(zone, from, at("2001-01-01T00:00:00Z")), week);
        }
        assert_eq!(changes(zone, week[0].at, week[1].at), week[1..]);
        assert_eq!(changes(zone, week[0].at - INSTANT, week[0].at), week[..1]);
        assert_eq!(changes(zone, week[0].at, week[0].at), []);
        assert_eq!(changes(zone, week[1].at, week[0].at), []);
    }

    #[test]
    fn looking_every_few_days_misses_no_change() {
        let (from, until) = ("1900-01-01T00:00:00Z", "2100-01-01T00:00:00Z");
        let (from, until): (DateTime<Utc>, DateTime<Utc>) =
            (from.parse().expect("a moment"), until.parse().expect("a moment"));
        // Those that were changed most often, by the most, and at the shortest intervals.
        let zones = [
            "Asia/Gaza",
            "Africa/Casablanca",
            "Africa/Cairo",
            "Pacific/Apia",
            "Africa/Tunis",
            "America/Recife",
        ];
        for zone in zones.map(|name| parse(name).expect("a zone")) {
            let days = (from.timestamp()..until.timestamp()).step_by(24 * 60 * 60);
            let offsets: Vec<_> =
                days.map(|day| offset(zone, DateTime::from_timestamp(day, 0).expect("in range"))).collect();
            let seen = offsets.windows(2).filter(|pair| pair[0] != pair[1]).count();
            let changes = changes(zone, from, until);
            assert_eq!(changes.len(), seen, "{zone}");
            assert!(changes.iter().all(|change| change.after - change.before < SETTLED), "{zone}");
        }
    }
}
