//! Time as an argument. Nobody else in this crate asks the system what time it is, so every rule about time
//! can be tested by moving a hand.

use chrono::{DateTime, Utc};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Wall time for people and messages, monotonic time for lengths.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The moment it is, UTC.
    fn now(&self) -> DateTime<Utc>;
    /// How long since some fixed moment; never goes back.
    fn elapsed(&self) -> Duration;
    /// Completes once that much time has gone by on this clock.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    start: std::time::Instant,
}

impl SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this file is where the system's clock is read")]
    pub fn shared() -> SharedClock {
        Arc::new(Self { start: std::time::Instant::now() })
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this file is where the system's clock is read")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Milliseconds since the epoch, as the dashboard speaks of moments.
pub fn millis(clock: &dyn Clock) -> i64 {
    clock.now().timestamp_millis()
}

/// Float seconds since the epoch, as events speak of moments.
pub fn epoch(clock: &dyn Clock) -> f64 {
    crate::protocol::time::to_epoch(clock.now())
}
