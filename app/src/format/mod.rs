//! Numbers, sizes, times and ids as people read them. Pure text; the examples are the specification.

mod bytes;
mod duration;
mod id;
mod number;
mod time;

pub use bytes::bytes;
pub use duration::{clock, duration};
pub use id::short_id;
pub use number::{exact, percent, rate, share, short};
pub use time::{Zone, absolute, input_value, iso, moment, parse_iso, relative, zone_name};

/// What stands where something is not known. Zero is `0`; the two are never confused.
pub const UNKNOWN: &str = "–";
