//! What several tests need from the outside world.

pub(crate) mod bus;
pub(crate) mod chance;
pub(crate) mod redis;
