//! The command line: what a person types, and how each command ends.
//!
//! `args` is the grammar, each command has a file of its own, `exit` holds the codes. Nothing here knows how the
//! product works; `up` hands a configuration to the runtime and passes signals on to it.

mod args;
mod banner;
mod exit;
mod http;
mod run;
mod schedule;
mod send;
mod server;
mod signals;
mod up;

pub use exit::Exit;
pub use run::main;
