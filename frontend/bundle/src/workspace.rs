//! Where things are: the sources, the compiler's output, and the finished site.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Whether the site is for shipping or for the next few minutes.
///
/// Both compile the module the same way: without link-time optimisation it is twenty times larger, and
/// producing that takes longer than optimising it away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Purpose {
    /// Compressed: what is embedded in a release and what the end-to-end tests see.
    Ship,
    /// Not compressed, and with function names in stack traces.
    Develop,
}

impl Purpose {
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Ship => "ship",
            Self::Develop => "develop",
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
