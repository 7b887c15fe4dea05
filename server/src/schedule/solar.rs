//! When the sun rises, sets or is at its height.
//!
//! The horizons are Celery's. For sunrise and sunset that is 34 minutes of arc below the true one, which stands for
//! the refraction of the air, and it is the upper edge of the sun that counts; for dawn and dusk it is the centre.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use solar_positioning::time::JulianDate;
use solar_positioning::{EventPosition, Horizon, Location, SolarEvents, SolarPositions, delta_t};

/// How far ahead is looked, as far as Celery does: in the far north the sun may not rise for months.
const DAYS: i32 = 366;
/// What the air lifts the sun by at the horizon, in degrees.
const REFRACTION: f64 = 34.0 / 60.0;
/// Half of what the sun measures at one astronomical unit, in degrees.
const RADIUS: f64 = 959.63 / 3600.0;
/// So much after the event at least is what counts as its moment: a search that goes on from there must not find it
/// again, although how unevenly the earth turns is reckoned anew for each search.
const MARGIN: TimeDelta = TimeDelta::milliseconds(250);

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

    /// How high the sun then stands.
    fn horizon(self) -> Horizon {
        match self {
            Self::DawnAstronomical | Self::DuskAstronomical => Horizon::AstronomicalTwilight,
            Self::DawnNautical | Self::DuskNautical => Horizon::NauticalTwilight,
            Self::DawnCivil | Self::DuskCivil => Horizon::CivilTwilight,
            Self::Sunrise | Self::Sunset | Self::SolarNoon => Horizon::Custom(-REFRACTION),
        }
    }
}

impl Solar {
    /// The first one after `last`, in whole seconds; `None` when there is none for a year.
    pub fn next_after(&self, last: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut from = last;
        for _ in 0..DAYS {
            let until = from.checked_add_signed(TimeDelta::days(1))?;
            if let Some(moment) = self.within(from, until) {
                let second = TimeDelta::seconds(1);
                return moment.checked_add_signed(second + MARGIN)?.duration_trunc(second).ok();
            }
            from = until;
        }
        None
    }

    fn within(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let delta_t = delta_t::estimate_from_date_like(&from).ok()?;
        let place = Location { latitude: self.latitude, longitude: self.longitude };
        let horizon = self.event.horizon();
        match self.event {
            SolarEvent::Sunrise => upper_edge()?.next_rise(&from, &until, place, delta_t, horizon),
            SolarEvent::Sunset => upper_edge()?.next_set(&from, &until, place, delta_t, horizon),
            SolarEvent::SolarNoon => SolarEvents::new().next_transit(&from, &until, self.longitude, delta_t),
            SolarEvent::DawnAstronomical | SolarEvent::DawnNautical | SolarEvent::DawnCivil => {
                SolarEvents::new().next_rise(&from, &until, place, delta_t, horizon)
            }
            SolarEvent::DuskAstronomical | SolarEvent::DuskNautical | SolarEvent::DuskCivil => {
                SolarEvents::new().next_set(&from, &until, place, delta_t, horizon)
            }
        }
        .ok()
        .flatten()
    }
}

/// The course of the sun's upper edge. The sun is larger in winter, when it is nearer.
fn upper_edge() -> Option<SolarEvents<PositionOf>> {
    let position: PositionOf = |time, place| {
        let sun = SolarPositions::new().for_time_from_julian(time)?;
        let radius = RADIUS / sun.earth_radius_vector().unwrap_or(1.0);
        let elevation = sun.at(place, 0.0, None)?.elevation_angle() + radius;
        // Nobody asks for the noon of an edge.
        Ok(EventPosition { elevation, hour_angle: 0.0 })
    };
    SolarEvents::with_provider(position, 0..=6000).ok()
}

type PositionOf = fn(JulianDate, Location) -> solar_positioning::Result<EventPosition>;
