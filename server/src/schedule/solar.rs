//! When the sun rises, sets or is at its height.
//!
//! The horizons are Celery's. For sunrise and sunset that is 34 minutes of arc below the true one, which stands for
//! the refraction of the air, and it is the upper edge of the sun that counts; for dawn and dusk it is the centre.

use chrono::{DateTime, Datelike, DurationRound, TimeDelta, Utc};
use solar_positioning::{Horizon, Location, SolarEvents, delta_t};

/// How far ahead is looked, as far as Celery does: in the far north the sun may not rise for months.
const DAYS: i32 = 366;
/// What the air lifts the sun by at the horizon, in degrees.
const REFRACTION: f64 = 34.0 / 60.0;
/// Half of what the sun measures at one astronomical unit, in degrees.
const RADIUS: f64 = 959.63 / 3600.0;

/// A solar event somewhere on earth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Solar {
    pub event: SolarEvent,
    /// Degrees, north is positive.
    pub latitude: f64,
    /// Degrees, east is positive.
    pub longitude: f64,
}

/// Celery's names for them, in snake case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SolarEvent {
    DawnAstronomical,
    DawnNautical,
    DawnCivil,
    Sunrise,
    SolarNoon,
    Sunset,
    DuskCivil,
    DuskNautical,
    DuskAstronomical,
}

/// What has to happen for an event.
enum Course {
    Rises,
    Culminates,
    Sets,
}

impl SolarEvent {
    /// In the order of a day.
    pub const ALL: [Self; 9] = [
        Self::DawnAstronomical,
        Self::DawnNautical,
        Self::DawnCivil,
        Self::Sunrise,
        Self::SolarNoon,
        Self::Sunset,
        Self::DuskCivil,
        Self::DuskNautical,
        Self::DuskAstronomical,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::DawnAstronomical => "dawn_astronomical",
            Self::DawnNautical => "dawn_nautical",
            Self::DawnCivil => "dawn_civil",
            Self::Sunrise => "sunrise",
            Self::SolarNoon => "solar_noon",
            Self::Sunset => "sunset",
            Self::DuskCivil => "dusk_civil",
            Self::DuskNautical => "dusk_nautical",
            Self::DuskAstronomical => "dusk_astronomical",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }

    fn course(self) -> Course {
        match self {
            Self::DawnAstronomical | Self::DawnNautical | Self::DawnCivil | Self::Sunrise => Course::Rises,
            Self::SolarNoon => Course::Culminates,
            Self::Sunset | Self::DuskCivil | Self::DuskNautical | Self::DuskAstronomical => Course::Sets,
        }
    }

    /// How high the centre of the sun then stands.
    fn horizon(self, day: DateTime<Utc>) -> Horizon {
        match self {
            Self::DawnAstronomical | Self::DuskAstronomical => Horizon::AstronomicalTwilight,
            Self::DawnNautical | Self::DuskNautical => Horizon::NauticalTwilight,
            Self::DawnCivil | Self::DuskCivil => Horizon::CivilTwilight,
            Self::Sunrise | Self::Sunset | Self::SolarNoon => {
                Horizon::Custom(-REFRACTION - RADIUS / distance(day))
            }
        }
    }
}

impl Solar {
    /// The first one after `last`, in whole seconds; `None` when there is none for a year.
    pub fn next_after(&self, last: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let day = TimeDelta::days(1);
        let mut from = last;
        for _ in 0..DAYS {
            let until = from.checked_add_signed(day)?;
            if let Some(moment) = self.within(from, until) {
                // Up, so that the search that goes on from here does not find it again.
                let second = TimeDelta::seconds(1);
                let below = moment.duration_trunc(second).ok()?;
                return if below == moment { Some(moment) } else { below.checked_add_signed(second) };
            }
            from = until;
        }
        None
    }

    fn within(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let delta_t = delta_t::estimate_from_date_like(&from).ok()?;
        let place = Location { latitude: self.latitude, longitude: self.longitude };
        let horizon = self.event.horizon(from);
        let sun = SolarEvents::new();
        match self.event.course() {
            Course::Rises => sun.next_rise(&from, &until, place, delta_t, horizon),
            Course::Culminates => sun.next_transit(&from, &until, self.longitude, delta_t),
            Course::Sets => sun.next_set(&from, &until, place, delta_t, horizon),
        }
        .ok()
        .flatten()
    }
}

/// How far the sun is on a day, in astronomical units, to three digits: the earth's path is nearly a circle.
fn distance(day: DateTime<Utc>) -> f64 {
    let from_perihelion = f64::from(day.ordinal()) - 3.0;
    1.0 - 0.0167 * (from_perihelion / 365.25 * std::f64::consts::TAU).cos()
}
