//! What may be set about the HTTP side, already validated.

use std::time::Duration;

/// Names and limits of the HTTP side. The defaults suit a laptop and a small server alike.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names, besides the loopback ones and the bound address, that requests may be addressed to.
    pub host_names: Vec<String>,
    /// The largest request body, in bytes.
    pub body_limit: usize,
    /// The most tasks one request may send, cancel or retry.
    pub batch_limit: usize,
    /// The most live streams at a time.
    pub stream_limit: usize,
    /// How long a request may take to be answered. Live streams are exempt.
    pub request_timeout: Duration,
    /// How long a stopping server waits for answers that are on their way.
    pub drain_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host_names: Vec::new(),
            body_limit: 16 * 1024 * 1024,
            batch_limit: 10_000,
            stream_limit: 256,
            request_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(3),
        }
    }
}
