//! Schedules in words.

mod cron;
mod list;

use super::{Interval, Schedule, Solar};
use chrono::{DateTime, TimeDelta, Timelike, Utc};

impl Schedule {
    /// When it is due, in a few words: "every 10 minutes", "at 09:00 on weekdays".
    pub fn words(&self) -> String {
        match self {
            Self::Crontab(crontab) => cron::words(crontab),
            Self::Interval(interval) => every(interval),
            Self::Solar(solar) => sun(solar),
            Self::Once(at) => format!("once, on {} UTC", moment(*at)),
        }
    }

    /// When it is due, in the shortest way it can be written: "*/10 * * * *", "30s".
    pub fn written(&self) -> String {
        match self {
            Self::Crontab(crontab) => crontab.fields().join(" "),
            Self::Interval(interval) => length(interval.every),
            Self::Solar(solar) => format!("{} {}", solar.event.name(), place(solar)),
            Self::Once(at) => at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        }
    }
}

/// Days, hours, minutes, and what is left in microseconds.
fn parts(length: TimeDelta) -> ([(i64, &'static str); 3], i64) {
    let rest = length.num_microseconds().unwrap_or(i64::MAX) % 60_000_000;
    let minutes = length.num_minutes();
    ([(minutes / 1440, "day"), (minutes / 60 % 24, "hour"), (minutes % 60, "minute")], rest)
}

fn every(interval: &Interval) -> String {
    let (whole, micros) = parts(interval.every);
    let mut amounts: Vec<(String, &str)> = whole
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| (count.to_string(), *unit))
        .collect();
    if micros > 0 && micros < 1_000_000 && amounts.is_empty() {
        amounts.push((decimal(micros, 1000), "millisecond"));
    } else if micros > 0 {
        amounts.push((decimal(micros, 1_000_000), "second"));
    }
    let text = match amounts.as_slice() {
        [(one, unit)] if one == "1" => (*unit).to_owned(),
        several => list::and(several.iter().map(|(count, unit)| {
            let plural = if count == "1" { "" } else { "s" };
            format!("{count} {unit}{plural}")
        })),
    };
    let unit = whole.iter().find(|(count, _)| *count > 0).map_or("second", |(_, unit)| unit);
    match (interval.relative, unit) {
        (true, "day") => format!("every {text}, at midnight"),
        (true, unit) if interval.every >= TimeDelta::seconds(1) => {
            format!("every {text}, on the full {unit}")
        }
        _ => format!("every {text}"),
    }
}

fn length(length: TimeDelta) -> String {
    let (whole, micros) = parts(length);
    let mut text: String = whole
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{}", &unit[..1]))
        .collect();
    if micros > 0 && micros < 1_000_000 && text.is_empty() {
        text = format!("{}ms", decimal(micros, 1000));
    } else if micros > 0 {
        text.push_str(&format!("{}s", decimal(micros, 1_000_000)));
    }
    text
}

/// Microseconds in a larger unit, with no more digits than there are.
fn decimal(micros: i64, unit: i64) -> String {
    (micros as f64 / unit as f64).to_string()
}

fn sun(solar: &Solar) -> String {
    let event = match solar.event.name().split_once('_') {
        Some(("solar", noon)) => format!("solar {noon}"),
        Some((event, kind)) => format!("{kind} {event}"),
        None => solar.event.name().to_owned(),
    };
    format!("at {event} ({})", place(solar))
}

fn place(solar: &Solar) -> String {
    let degrees = |angle: f64, positive, negative| {
        format!("{:.2} {}", angle.abs(), if angle < 0.0 { negative } else { positive })
    };
    format!("{}, {}", degrees(solar.latitude, "N", "S"), degrees(solar.longitude, "E", "W"))
}

fn moment(at: DateTime<Utc>) -> String {
    let layout = if at.second() == 0 { "%-d %b %Y at %H:%M" } else { "%-d %b %Y at %H:%M:%S" };
    at.format(layout).to_string()
}

#[cfg(test)]
mod tests;
