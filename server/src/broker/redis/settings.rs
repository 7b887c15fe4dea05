//! What a broker on Redis is told, most of it under the names of Celery's transport options.

use crate::protocol::envelope::Accept;
use crate::protocol::keys::BrokerKeys;
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct RedisSettings {
    pub keys: BrokerKeys,
    /// The content types a message may have.
    pub accept: Accept,
    /// A process that gives no sign of life for so long has lost what it had in hand.
    pub lease: Duration,
    /// A Python worker that has had a message in hand for so long has lost it.
    pub visibility_timeout: Duration,
}
