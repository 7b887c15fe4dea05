//! Finds a compiler that can make WebAssembly on this machine.
//!
//! A normal rustup fetches the target's standard library and is done. Where it cannot (a closed network,
//! a distribution's own compiler), Debian's archive has a complete compiler with the library's sources,
//! which cargo then builds on the way.

mod debian;
mod find;
mod rustup;

use std::fmt;
use std::path::PathBuf;
use std::process::Command;

pub(crate) use find::find;

/// The only target the browser knows.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler that can make WebAssembly, and what it needs to be told.
#[derive(Debug)]
pub(crate) enum Toolchain {
    /// The cargo in use has the target's standard library.
    Ready,
    /// A compiler with the standard library's sources and a linker: the library is built on the way.
    FromSource { bin: PathBuf, linker: PathBuf, version: String },
}

impl Toolchain {
    /// The cargo to run, before its arguments.
    pub(crate) fn cargo(&self) -> Command {
        match self {
            Self::Ready => Command::new("cargo"),
            Self::FromSource { bin, linker, .. } => {
                let mut cargo = Command::new(bin.join("cargo"));
                cargo
                    .env("RUSTC", bin.join("rustc"))
                    // Building the standard library is not a stable feature of cargo; this is the switch that
                    // lets a stable compiler do it all the same.
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                    // Left behind by the cargo that started this program, and meant for another compiler.
                    .env_remove("RUSTUP_TOOLCHAIN")
                    .env_remove("LD_LIBRARY_PATH");
                cargo
            }
        }
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => out.write_str("the installed toolchain"),
            Self::FromSource { version, .. } => {
                write!(out, "Debian's {version} (standard library from source)")
            }
        }
    }
}
