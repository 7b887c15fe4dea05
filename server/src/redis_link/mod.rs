//! Connections to a Redis: one for commands that comes back whenever it is lost, others for whoever must wait on one.
//!
//! Nothing in here knows what the commands mean. Whoever sends one gets its answer or an error at once; trying again
//! is the caller's decision, because only the caller knows what may be done twice.

mod address;
mod connect;
mod error;
mod frames;
mod link;
mod pause;
mod socket;
mod subscription;

pub use address::{Address, is_redis};
pub use error::{LinkError, OpenError};
pub use link::Link;
pub use subscription::{Subscription, Topic};

use chrono::{DateTime, Utc};

/// Whether a server can be reached at this moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Reach {
    #[default]
    Reachable,
    Lost {
        since: DateTime<Utc>,
        reason: String,
    },
}
