//! When the sun rises, sets or is at its height.

use chrono::{DateTime, Utc};

/// A solar event somewhere on earth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Solar {
    pub event: SolarEvent,
    /// Degrees, north is positive.
    pub latitude: f64,
    /// Degrees, east is positive.
    pub longitude: f64,
}

impl Solar {
    /// The first one after this moment; `None` where the sun does not get that far within a year.
    pub(super) fn next_after(&self, last: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let _ = last;
        todo!()
    }
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
