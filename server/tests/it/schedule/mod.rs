//! When things are due.

mod changes;
mod options;
mod recorded;
mod solar;
mod steps;
mod walk;
mod watcher;

use chrono::{DateTime, Utc};
use umbel::schedule::{Crontab, Schedule, Tz};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn zone(name: &str) -> Tz {
    umbel::schedule::zone(name).unwrap_or_else(|error| panic!("{error}"))
}

fn crontab(line: &str) -> Schedule {
    Schedule::Crontab(Crontab::parse(line).unwrap_or_else(|error| panic!("{line}: {error}")))
}
