//! The real program, started as a person starts it.

mod failures;
mod help;
mod program;
mod stopping;
