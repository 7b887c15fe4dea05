//! When a retried task runs again, and when it no longer may.

use super::options;
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;
use umbel::task::{Retry, TaskError};

fn noon() -> DateTime<Utc> {
    "2026-01-01T12:00:00Z".parse().expect("a moment")
}

fn seconds_until_due(retry: &Retry) -> i64 {
    (retry.due(noon(), &options()) - noon()).num_seconds()
}

#[test]
fn the_delay_is_its_own_or_the_tasks() {
    assert_eq!(seconds_until_due(&Retry::new()), 180, "celery's default");
    assert_eq!(seconds_until_due(&Retry::new().countdown(5)), 5);
    assert_eq!(Retry::new().countdown(0.25).due(noon(), &options()) - noon(), TimeDelta::milliseconds(250));
    let eta = noon() + TimeDelta::hours(1);
    assert_eq!(Retry::new().eta(eta).due(noon(), &options()), eta);
    let hurried = options().retry_delay(Duration::from_secs(1));
    assert_eq!(Retry::new().due(noon(), &hurried), noon() + TimeDelta::seconds(1));
}

#[test]
fn made_up_delays_stay_inside_of_the_calendar() {
    for odd in [-5.0, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(seconds_until_due(&Retry::new().countdown(odd)), 0, "{odd}");
    }
    for huge in [1e300, f64::INFINITY] {
        let due = Retry::new().countdown(huge).due(noon(), &options());
        assert!(due > noon() + TimeDelta::days(36_000), "{huge}");
    }
    let late = DateTime::<Utc>::MAX_UTC;
    assert_eq!(Retry::new().due(late, &options()), late);
}

#[test]
fn it_is_allowed_until_the_most_is_reached() {
    assert!(Retry::new().is_allowed(2, &options()), "three by default");
    assert!(!Retry::new().is_allowed(3, &options()));
    assert!(Retry::new().max_retries(5).is_allowed(4, &options()));
    assert!(!Retry::new().max_retries(0).is_allowed(0, &options()));
    assert!(Retry::new().max_retries(None).is_allowed(u32::MAX, &options()));
    assert!(Retry::new().is_allowed(u32::MAX, &options().max_retries(None)));
    assert!(!Retry::new().max_retries(1).is_allowed(1, &options().max_retries(None)));
}

#[test]
fn the_cause_is_what_it_fails_with() {
    let retry = Retry::new().cause(TaskError::new("ConnectionError", "busy"));
    assert_eq!(retry.cause_ref().map(TaskError::message), Some("busy"));
    assert_eq!(retry.into_cause().map(|cause| cause.to_string()).as_deref(), Some("ConnectionError: busy"));
    assert!(Retry::new().into_cause().is_none());
}
