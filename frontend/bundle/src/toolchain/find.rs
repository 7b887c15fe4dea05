//! The order in which toolchains are tried: what is there, then what can be fetched, then a clear word.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use super::{TARGET, Toolchain, debian, rustup};
use crate::workspace::Workspace;

const ADVICE: &str = "\
no compiler for wasm32-unknown-unknown found. Do one of these, then run the same command again:
  * with rustup and a network:  rustup target add wasm32-unknown-unknown
  * on Debian, as root:         apt-get install --no-install-recommends rustc-web cargo-web rust-web-src rust-web-llvm
                                and the lld package that /usr/bin/rust-lld then points to";

pub(crate) fn find(workspace: &Workspace) -> Result<Toolchain> {
    if active_toolchain_has_target(workspace) {
        return Ok(Toolchain::Ready);
    }
    if let Some(installed) = debian::installed() {
        return Ok(installed);
    }
    if rustup::add_target(workspace) && active_toolchain_has_target(workspace) {
        return Ok(Toolchain::Ready);
    }
    if let Some(installed) = debian::install() {
        return Ok(installed);
    }
    bail!(ADVICE)
}

/// Asks the compiler where it lives and looks for the target's library there. That works with rustup and
/// without it, and unlike a trial build it takes no time.
fn active_toolchain_has_target(workspace: &Workspace) -> bool {
    let Ok(output) = Command::new("rustc").args(["--print", "sysroot"]).current_dir(&workspace.root).output()
    else {
        return false;
    };
    let sysroot = String::from_utf8_lossy(&output.stdout);
    let libraries = Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib");
    libraries.read_dir().is_ok_and(|mut files| {
        files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
    })
}
