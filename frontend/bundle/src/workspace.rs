//! Where things are: the sources, the compiler's output, and the finished site.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// How much the browser's half is worth optimising.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Profile {
    /// Small and compressed: what is shipped and what the end-to-end tests see.
    Release,
    /// Quick to build.
    Dev,
}

impl Profile {
    pub(crate) fn cargo_name(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Dev => "dev",
        }
    }

    /// Cargo calls the folder of profile `dev` by another name, for historical reasons.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Dev => "debug",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Looks upwards from the current folder, as cargo does.
    pub(crate) fn find() -> Result<Self> {
        let here = std::env::current_dir().context("failed to read the current folder")?;
        let Some(root) = here.ancestors().find(|folder| is_root(folder)) else {
            bail!("{} is not inside Umbel's workspace", here.display());
        };
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| root.join(folder));
        Ok(Self { root: root.to_owned(), target })
    }

    /// The target folder of the WebAssembly compiler. It has one of its own, because two compilers that
    /// share a folder throw away each other's work.
    pub(crate) fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// The finished site. Always inside the workspace: the server's build looks for it there.
    pub(crate) fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }
}

fn is_root(folder: &Path) -> bool {
    folder.join("Cargo.lock").is_file() && folder.join("frontend/bundle").is_dir()
}
