//! A clock that stands still until a test moves it.

use crate::clock::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// Starts at noon of 1 January 2026, UTC. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct ManualClock {
    elapsed: Arc<watch::Sender<Duration>>,
    /// The moments for which somebody sleeps.
    alarms: Arc<Mutex<Vec<Duration>>>,
}

/// Somebody who sleeps.
struct Sleeper<'a> {
    until: Duration,
    alarms: &'a Mutex<Vec<Duration>>,
}

impl<'a> Sleeper<'a> {
    fn new(until: Duration, alarms: &'a Mutex<Vec<Duration>>) -> Self {
        alarms.lock().expect("nobody panics while holding this lock").push(until);
        Self { until, alarms }
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let mut alarms = self.alarms.lock().expect("nobody panics while holding this lock");
        if let Some(place) = alarms.iter().position(|until| *until == self.until) {
            alarms.swap_remove(place);
        }
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl ManualClock {
    pub fn new() -> Self {
        Self { elapsed: Arc::new(watch::Sender::new(Duration::ZERO)), alarms: Arc::default() }
    }

    /// Moves the hand forward; whoever sleeps until then or earlier wakes up.
    pub fn advance(&self, duration: Duration) {
        self.elapsed.send_modify(|elapsed| *elapsed += duration);
    }

    /// How many are asleep: a test can wait for somebody to fall asleep before it moves the hand.
    pub fn sleepers(&self) -> usize {
        self.alarms.lock().expect("nobody panics while holding this lock").len()
    }

    /// Whether exactly so many are asleep and nobody's moment has come: whoever was woken has done what there was to do.
    pub fn is_quiet(&self, sleepers: usize) -> bool {
        let alarms = self.alarms.lock().expect("nobody panics while holding this lock");
        alarms.len() == sleepers && alarms.iter().all(|until| *until > self.elapsed())
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        let start = DateTime::from_timestamp(1_767_268_800, 0).expect("inside of the calendar");
        start + TimeDelta::from_std(self.elapsed()).expect("tests do not last for ages")
    }

    fn elapsed(&self) -> Duration {
        *self.elapsed.borrow()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut hand = self.elapsed.subscribe();
        let until = self.elapsed() + duration;
        Box::pin(async move {
            let _asleep = Sleeper::new(until, &self.alarms);
            let _ = hand.wait_for(|elapsed| *elapsed >= until).await;
        })
    }
}
