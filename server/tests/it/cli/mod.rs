//! The real program, started as a person starts it.

#[cfg(feature = "web")]
mod controlled;
mod failures;
mod help;
#[cfg(feature = "web")]
mod occupied;
pub(crate) mod program;
#[cfg(feature = "web")]
mod scheduled;
mod stopping;
