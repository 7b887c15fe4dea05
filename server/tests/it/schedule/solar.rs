//! Solar events against what Celery's own `celery.schedules.solar` (with ephem) said.
//!
//! `fixtures/beat/solar.json` was made by asking it for each event at each place, at some moments between 2024 and
//! 2027: `solar(event, latitude, longitude).remaining_estimate(moment)`. Tromsø has nights and days without end.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use umbel::schedule::{Solar, SolarEvent};

#[derive(Deserialize)]
struct Golden {
    payload: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    place: String,
    latitude: f64,
    longitude: f64,
    event: String,
    /// A moment, and the event after it.
    next: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

#[test]
fn the_sun_moves_as_in_celery() {
    let golden: Golden =
        serde_json::from_str(include_str!("../../fixtures/beat/solar.json")).expect("sound JSON");
    let mut compared = 0;
    for case in golden.payload {
        let event = SolarEvent::named(&case.event).expect("a name of Celery's");
        let solar = Solar { event, latitude: case.latitude, longitude: case.longitude };
        for (moment, expected) in case.next {
            let found = solar.next_after(moment).expect("it comes within a year");
            let off = (found - expected).num_seconds().abs();
            // Measured: at most 2.
            assert!(off <= 5, "{} {} after {moment}: {found}, not {expected}", case.place, case.event);
            compared += 1;
        }
    }
    assert_eq!(compared, 1728);
}

#[test]
fn one_event_follows_the_other() {
    let solar = Solar { event: SolarEvent::Sunset, latitude: 52.52, longitude: 13.405 };
    let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().expect("a moment");
    let sunsets: Vec<DateTime<Utc>> =
        std::iter::successors(Some(start), |last| solar.next_after(*last)).skip(1).take(365).collect();
    for pair in sunsets.windows(2) {
        let hours = (pair[1] - pair[0]).num_minutes() as f64 / 60.0;
        assert!((23.9..24.1).contains(&hours), "{pair:?}");
    }
    assert_eq!(sunsets[364].date_naive().to_string(), "2026-12-31");
}

#[test]
fn the_poles_have_one_sunrise_a_year() {
    let solar = Solar { event: SolarEvent::Sunrise, latitude: 90.0, longitude: 0.0 };
    let start: DateTime<Utc> = "2026-06-01T00:00:00Z".parse().expect("a moment");
    let first = solar.next_after(start).expect("in the next spring");
    assert_eq!(first.format("%Y-%m").to_string(), "2027-03");
    assert_eq!(solar.next_after(first).expect("a year later").format("%Y-%m").to_string(), "2028-03");
}
