//! Tells whether anything changed since the site was last built.
//!
//! Contents count, not modification times: a fresh checkout or a switched branch touches every file
//! and changes few. The sources are small enough to be read whole in a few milliseconds.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use xxhash_rust::xxh3::Xxh3Default;

use crate::workspace::Workspace;

/// Everything the site is made of.
const SITE_INPUTS: [&str; 7] =
    ["app", "frontend", "style", "public", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"];

/// What `--watch` looks at besides: the server's sources.
const SERVER_INPUTS: [&str; 1] = ["server"];

/// A digest of the site's sources and the compiler.
pub(crate) fn of_sources(workspace: &Workspace) -> Result<String> {
    let mut hash = Xxh3Default::new();
    hash.update(&compiler_version());
    for input in SITE_INPUTS {
        add(&mut hash, &workspace.path(input))?;
    }
    Ok(hex(&hash))
}

/// A digest of everything a running development server depends on.
pub(crate) fn of_everything(workspace: &Workspace) -> Result<String> {
    let mut hash = Xxh3Default::new();
    for input in SITE_INPUTS.iter().chain(&SERVER_INPUTS) {
        add(&mut hash, &workspace.path(input))?;
    }
    Ok(hex(&hash))
}

/// A short digest of contents, for file names.
pub(crate) fn of_contents<'a>(contents: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Xxh3Default::new();
    for content in contents {
        hash.update(&(content.len() as u64).to_le_bytes());
        hash.update(content);
    }
    hex(&hash)
}

fn add(hash: &mut Xxh3Default, path: &Path) -> Result<()> {
    if path.is_dir() {
        let mut entries = fs::read_dir(path)
            .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
            .with_context(|| format!("failed to list {}", path.display()))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            add(hash, &entry.path())?;
        }
    } else if path.is_file() {
        hash.update(path.as_os_str().as_encoded_bytes());
        hash.update(&fs::read(path).with_context(|| format!("failed to read {}", path.display()))?);
    }
    Ok(())
}

/// A compiler that cannot be asked leaves the digest as it is; the build itself will say what is wrong.
fn compiler_version() -> Vec<u8> {
    Command::new("rustc").arg("-vV").output().map(|output| output.stdout).unwrap_or_default()
}

fn hex(hash: &Xxh3Default) -> String {
    format!("{:016x}", hash.digest())
}

#[cfg(test)]
mod tests {
    use super::of_contents;

    #[test]
    fn where_one_file_ends_and_the_next_begins_matters() {
        let parts = of_contents([&b"ab"[..], b"c"]);
        assert_ne!(parts, of_contents([&b"a"[..], b"bc"]));
        assert_eq!(parts, of_contents([&b"ab"[..], b"c"]));
    }
}
