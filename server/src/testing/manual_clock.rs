//! A clock that stands still until a test moves it.

use crate::clock::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Starts at noon of 1 January 2026, UTC. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct ManualClock {
    elapsed: Arc<watch::Sender<Duration>>,
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl ManualClock {
    pub fn new() -> Self {
        Self { elapsed: Arc::new(watch::Sender::new(Duration::ZERO)) }
    }

    /// Moves the hand forward; whoever sleeps until then or earlier wakes up.
    pub fn advance(&self, duration: Duration) {
        self.elapsed.send_modify(|elapsed| *elapsed += duration);
    }

    /// How many are asleep: a test can wait for somebody to fall asleep before it moves the hand.
    pub fn sleepers(&self) -> usize {
        self.elapsed.receiver_count()
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
            let _ = hand.wait_for(|elapsed| *elapsed >= until).await;
        })
    }
}
