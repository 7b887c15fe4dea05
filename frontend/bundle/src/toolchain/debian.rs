//! The other way: Debian's archive carries a recent compiler for browsers (`rustc-web`), with the standard
//! library's sources and the linker. Nothing comes from outside the archive, and rustup is left as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::narrate;

use super::Toolchain;

const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];

const BIN: &str = "/usr/bin";
const LINKER: &str = "/usr/bin/rust-lld";
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std";

/// The compiler, if all of its parts are there.
pub(crate) fn installed() -> Option<Toolchain> {
    let parts = ["/usr/bin/cargo", LINKER, SOURCES];
    // `exists` follows links, so a linker whose package is missing does not count.
    if !parts.iter().all(|part| Path::new(part).exists()) {
        return None;
    }
    let output =
        Command::new("/usr/bin/rustc").arg("--version").env_remove("LD_LIBRARY_PATH").output().ok()?;
    let line = String::from_utf8(output.stdout).ok()?;
    let version = line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    Some(Toolchain::FromSource { bin: PathBuf::from(BIN), linker: PathBuf::from(LINKER), version })
}

/// Installs it, on Debian and as root; `None` anywhere else or when the archive does not have it.
pub(crate) fn install() -> Option<Toolchain> {
    if !Path::new("/etc/debian_version").exists() || !is_root() {
        return None;
    }
    narrate::say("toolchain", "installing Debian's compiler for browsers (apt-get, about 250 MB)");
    if !apt_get(&["update", "-qq"]) || !apt_get_install(&PACKAGES) {
        return None;
    }
    // The linker's package is named after the LLVM of this very compiler, and rust-lld is a link to it.
    let linker = fs::read_link(LINKER).ok()?;
    if !Path::new(LINKER).exists() && !apt_get_install(&[linker.file_name()?.to_str()?]) {
        return None;
    }
    installed()
}

fn apt_get_install(packages: &[&str]) -> bool {
    // --no-remove: a machine whose rustup or rustc came from the archive keeps it, and gets our advice instead.
    apt_get(&[&["install", "-y", "-qq", "--no-install-recommends", "--no-remove"], packages].concat())
}

fn apt_get(arguments: &[&str]) -> bool {
    Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        // Standard output belongs to the caller's own results; what apt says is narration.
        .stdout(std::io::stderr())
        .status()
        .is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
