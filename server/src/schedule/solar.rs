//! When the sun rises, sets or is at its height.

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
