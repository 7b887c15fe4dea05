//! The `schedule` of an entry, in all the ways it can be written.

use super::mistake::{Mistakes, at, length, seconds};
use crate::nearest::nearest;
use crate::protocol::time;
use crate::schedule::zone as walls;
use crate::schedule::{Crontab, CrontabError, Interval, Schedule, Solar, SolarEvent, Tz, length as lengths};
use chrono::{DateTime, Datelike, SecondsFormat, Timelike, Utc};
use serde_json::{Map, Value, json};

const FIELD: &str = "schedule";
/// More numbers than this are not in any field.
const MOST_NUMBERS: usize = 64;
/// In Celery's order.
const CRON_FIELDS: [&str; 5] = ["minute", "hour", "day_of_week", "day_of_month", "month_of_year"];
const GRAMMAR: &str = "must be a number of seconds, a length of time such as 30s or 1h 30m, a cron line such as \
                       */10 * * * *, @daily, or a table with crontab, every, solar or at in it";

pub(super) fn read(value: &Value, relative: bool, zone: Tz, mistakes: &mut Mistakes) -> Option<Schedule> {
    match value {
        Value::Number(_) => every(FIELD, value, relative, mistakes),
        Value::String(text) => line(text, relative, zone, mistakes),
        Value::Object(map) => table(map, relative, zone, mistakes),
        _ => {
            mistakes.add(FIELD, GRAMMAR);
            None
        }
    }
}

/// A length of time or a cron line.
fn line(text: &str, relative: bool, zone: Tz, mistakes: &mut Mistakes) -> Option<Schedule> {
    if lengths::parse(text).is_some() {
        return every(FIELD, &json!(text), relative, mistakes);
    }
    let fields = text.split_whitespace().count();
    if fields == 5 || text.trim_start().starts_with('@') {
        return cron_line(text, mistakes);
    }
    let is_cron = text.contains('*');
    mistakes.add(
        FIELD,
        if text.trim().is_empty() {
            "is empty".to_owned()
        } else if moment(text, zone).is_some() {
            "is a moment; write it as a table with at in it: { at = \"…\" }".to_owned()
        } else if is_cron {
            format!(
                "has {fields} fields, but a cron line has five: minute, hour, day of month, month, day of week"
            )
        } else {
            GRAMMAR.to_owned()
        },
    );
    None
}

fn cron_line(text: &str, mistakes: &mut Mistakes) -> Option<Schedule> {
    let read = Crontab::parse(text);
    if read.is_err() && text.split_whitespace().count() == 5 {
        // One by one, to tell of all that are wrong.
        let mut lines = Vec::new();
        for (place, field) in text.split_whitespace().enumerate() {
            let mut fields = ["*"; 5];
            fields[place] = field;
            lines.push(fields.join(" "));
        }
        return found(read, lines.iter().map(|line| Crontab::parse(line)), mistakes);
    }
    found(read, [], mistakes)
}

/// The crontab, or the mistakes of its fields; the mistake of the whole when each field alone is sound.
fn found(
    crontab: Result<Crontab, CrontabError>,
    fields: impl IntoIterator<Item = Result<Crontab, CrontabError>>,
    mistakes: &mut Mistakes,
) -> Option<Schedule> {
    let whole = match crontab {
        Ok(crontab) => return Some(Schedule::Crontab(crontab)),
        Err(error) => error,
    };
    let mut wrong: Vec<CrontabError> = fields.into_iter().filter_map(Result::err).collect();
    if wrong.is_empty() {
        wrong.push(whole);
    }
    for error in wrong {
        let field = if error.field == "crontab" { FIELD.to_owned() } else { at(FIELD, error.field) };
        mistakes.add(&field, error.sentence);
    }
    None
}

fn table(map: &Map<String, Value>, relative: bool, zone: Tz, mistakes: &mut Mistakes) -> Option<Schedule> {
    let kinds: [(&str, &[&str]); 4] = [
        ("crontab", &["crontab"]),
        ("every", &["every", "relative"]),
        ("solar", &["solar", "latitude", "longitude", "lat", "lon"]),
        ("at", &["at"]),
    ];
    let given = kinds.iter().find_map(|(kind, known)| Some((*kind, map.get(*kind)?, *known)));
    let Some((kind, value, known)) = given else {
        mistakes.unknown(FIELD, map, &kinds.map(|(kind, _)| kind));
        mistakes.add(FIELD, "needs one of crontab, every, solar and at");
        return None;
    };
    mistakes.unknown(FIELD, map, known);
    match kind {
        "crontab" => match value {
            Value::String(text) => cron_line(text, mistakes),
            _ => crontab(mistakes.object("schedule.crontab", value)?, mistakes),
        },
        "every" => {
            let own = map.get("relative").and_then(|value| mistakes.boolean("schedule.relative", value));
            every("schedule.every", value, own.unwrap_or(relative), mistakes)
        }
        "solar" => solar(value, map, mistakes),
        _ => once(value, zone, mistakes),
    }
}

fn crontab(map: &Map<String, Value>, mistakes: &mut Mistakes) -> Option<Schedule> {
    mistakes.unknown(FIELD, map, &CRON_FIELDS);
    let mut fields = CRON_FIELDS.map(|_| "*".to_owned());
    let mut sound = true;
    for (name, field) in CRON_FIELDS.iter().zip(&mut fields) {
        let Some(value) = map.get(*name).filter(|value| !value.is_null()) else { continue };
        match cron_field(value) {
            Ok(text) => *field = text,
            Err(sentence) => {
                mistakes.add(&at(FIELD, name), sentence);
                sound = false;
            }
        }
    }
    let read = |fields: [&str; 5]| Crontab::new(fields[0], fields[1], fields[2], fields[3], fields[4]);
    let fields = fields.each_ref().map(String::as_str);
    let alone = (0..5).map(|place| {
        let mut alone = ["*"; 5];
        alone[place] = fields[place];
        read(alone)
    });
    found(read(fields), alone, mistakes).filter(|_| sound)
}

/// A number, a text, or a list of both.
fn cron_field(value: &Value) -> Result<String, String> {
    let part = |value: &Value| match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    let text = match value {
        Value::Array(parts) if parts.is_empty() => return Err("is an empty list".to_owned()),
        Value::Array(parts) if parts.len() <= MOST_NUMBERS => {
            parts.iter().map(part).collect::<Option<Vec<String>>>().map(|parts| parts.join(","))
        }
        Value::Array(_) => return Err("has too many numbers in it".to_owned()),
        other => part(other),
    };
    match text {
        Some(text) => Ok(text),
        None => Err("must be a whole number, a text such as 8-17 or */5, or a list of them".to_owned()),
    }
}

fn every(field: &str, value: &Value, relative: bool, mistakes: &mut Mistakes) -> Option<Schedule> {
    let amount = match value {
        Value::String(text) => lengths::parse(text).map(|length| length.as_secs_f64()),
        other => other.as_f64(),
    };
    let every = amount
        .and_then(length)
        .ok_or_else(|| "must be a number of seconds, or a length of time such as 30s or 1h 30m".to_owned());
    match every.and_then(|every| Interval::new(every, relative)) {
        Ok(interval) => Some(Schedule::Interval(interval)),
        Err(sentence) => {
            mistakes.add(field, sentence);
            None
        }
    }
}

fn solar(event: &Value, map: &Map<String, Value>, mistakes: &mut Mistakes) -> Option<Schedule> {
    let named = event.as_str().and_then(SolarEvent::named);
    if named.is_none() {
        let names = SolarEvent::ALL.map(SolarEvent::name);
        let meant = event.as_str().filter(|word| word.len() <= 64).and_then(|word| nearest(word, names));
        let hint = meant.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
        mistakes.add("schedule.solar", format!("must be one of {}{hint}", names.join(", ")));
    }
    let latitude = angle(map, ["latitude", "lat"], 90.0, mistakes);
    let longitude = angle(map, ["longitude", "lon"], 180.0, mistakes);
    Some(Schedule::Solar(Solar { event: named?, latitude: latitude?, longitude: longitude? }))
}

/// Degrees, under one of two names.
fn angle(map: &Map<String, Value>, names: [&str; 2], most: f64, mistakes: &mut Mistakes) -> Option<f64> {
    let field = at(FIELD, names[0]);
    let sentence = match (map.get(names[0]), map.get(names[1])) {
        (Some(_), Some(_)) => format!("is given twice; leave {} out", names[1]),
        (None, None) => "is missing".to_owned(),
        (Some(value), None) | (None, Some(value)) => match value.as_f64() {
            Some(degrees) if (-most..=most).contains(&degrees) => return Some(degrees),
            _ => format!("must be a number of degrees from -{most} to {most}"),
        },
    };
    mistakes.add(&field, sentence);
    None
}

fn once(value: &Value, zone: Tz, mistakes: &mut Mistakes) -> Option<Schedule> {
    let at = value.as_str().and_then(|text| moment(text, zone));
    if at.is_none() {
        mistakes
            .add("schedule.at", "must be a moment such as 2026-12-01T09:00:00 or 2026-12-01T09:00:00+01:00");
    }
    at.map(Schedule::Once)
}

/// A moment by ISO 8601, to the microsecond; without an offset it is a wall time of this zone.
pub(super) fn moment(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let text = text.trim();
    // An offset has no seconds in these years, and the year has four digits everywhere on earth.
    let is_usual = |year| (2000..9999).contains(&year);
    let moment = match time::parse_naive(text) {
        Some(wall) if is_usual(wall.year()) => walls::moment(zone, wall).at,
        Some(_) => return None,
        None => time::parse(text)?,
    };
    moment
        .with_nanosecond(moment.nanosecond().min(999_999_999) / 1000 * 1000)
        .filter(|at| is_usual(at.year()))
}

/// As it is written; moments with the offset they have in this zone.
pub(super) fn write(schedule: &Schedule, zone: Tz) -> Value {
    match schedule {
        Schedule::Crontab(crontab) => json!(crontab.fields().join(" ")),
        Schedule::Interval(Interval { every, relative: false }) => seconds(*every),
        Schedule::Interval(Interval { every, relative: true }) => {
            json!({"every": seconds(*every), "relative": true})
        }
        Schedule::Solar(Solar { event, latitude, longitude }) => {
            json!({"solar": event.name(), "latitude": latitude, "longitude": longitude})
        }
        Schedule::Once(at) => {
            json!({"at": at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::AutoSi, true)})
        }
    }
}
