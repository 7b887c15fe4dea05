//! Where a file comes from, and under which name the bundle's three main files go.

use bytes::Bytes;
use serde::Deserialize;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

/// Says which digest the main files carry in their names.
const MANIFEST: &str = "manifest.json";
/// Used when there is no site: links lead nowhere, but to the place they should.
const FALLBACK_NAME: &str = "umbel";

/// The files of the browser's half. Copies share them.
#[derive(Clone, Debug)]
pub struct Assets {
    source: Source,
    output_name: Arc<str>,
    parts: Arc<Parts>,
}

/// The lazy functions of the pages, each with the files, without their ending, that the browser needs to run it.
pub(crate) type Parts = HashMap<String, Vec<String>>;

#[derive(Clone, Debug)]
enum Source {
    Folder(Arc<PathBuf>),
    #[cfg(not(debug_assertions))]
    Embedded(Arc<HashMap<String, File>>),
}

/// One file's contents, with a tag that changes when they do.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) bytes: Bytes,
    pub(super) tag: u64,
}

#[derive(Deserialize)]
struct Manifest {
    output_name: String,
    #[serde(default)]
    parts: Parts,
}

impl File {
    fn new(bytes: Bytes) -> Self {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        Self { bytes, tag: hasher.finish() }
    }
}

impl Assets {
    /// The site this binary was built with.
    #[cfg(debug_assertions)]
    pub fn built() -> Self {
        Self::folder(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/site"))
    }

    /// The site this binary was built with.
    #[cfg(not(debug_assertions))]
    pub fn built() -> Self {
        Self::named(Source::Embedded(Arc::new(embedded::files())))
    }

    /// A site on disk, read anew for each request.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Self::named(Source::Folder(Arc::new(path.into())))
    }

    fn named(source: Source) -> Self {
        let manifest =
            source.read(MANIFEST).and_then(|file| serde_json::from_slice::<Manifest>(&file.bytes).ok());
        let output_name = manifest.as_ref().map_or(FALLBACK_NAME, |manifest| &manifest.output_name).into();
        if manifest.is_none() {
            tracing::warn!(
                "the browser's half is not built: pages work, but without style and live updates; \
                 `cargo run -p bundle` builds it"
            );
        }
        let parts = manifest.map(|manifest| manifest.parts).unwrap_or_default().into();
        Self { source, output_name, parts }
    }

    /// The common part of the main files' names, a digest of their contents included.
    pub(crate) fn output_name(&self) -> &str {
        &self.output_name
    }

    /// What the browser needs beside the main files, by page.
    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Whether the contents under this name can never change.
    pub(super) fn is_immutable(&self, name: &str) -> bool {
        name.strip_prefix("pkg/").is_some_and(|file| file.starts_with(&*self.output_name))
            && *self.output_name != *FALLBACK_NAME
    }

    /// Reads a file by its path within the site. Only plain relative names are looked for at all.
    pub(super) async fn read(&self, name: &str) -> Option<File> {
        if name == MANIFEST || !is_plain(name) {
            return None;
        }
        match &self.source {
            Source::Folder(_) => {
                let (source, name) = (self.source.clone(), name.to_owned());
                crate::service::blocking(move || source.read(&name)).await?
            }
            #[cfg(not(debug_assertions))]
            Source::Embedded(_) => self.source.read(name),
        }
    }
}

impl Source {
    fn read(&self, name: &str) -> Option<File> {
        match self {
            Self::Folder(root) => std::fs::read(root.join(name)).ok().map(|bytes| File::new(bytes.into())),
            #[cfg(not(debug_assertions))]
            Self::Embedded(files) => files.get(name).cloned(),
        }
    }
}

/// Whether a path stays inside the site whatever it is joined to: letters, digits and a few marks, no empty part,
/// none that begins with a dot.
fn is_plain(name: &str) -> bool {
    name.split('/').all(|part| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    })
}

#[cfg(not(debug_assertions))]
mod embedded {
    //! The files inside the binary.

    use super::File;
    use bytes::Bytes;
    use std::borrow::Cow;
    use std::collections::HashMap;

    #[derive(rust_embed::Embed)]
    #[folder = "../target/site"]
    #[allow_missing = true]
    struct Site;

    pub(super) fn files() -> HashMap<String, File> {
        Site::iter()
            .filter_map(|name| {
                let bytes = match Site::get(&name)?.data {
                    Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                    Cow::Owned(bytes) => Bytes::from(bytes),
                };
                Some((name.into_owned(), File::new(bytes)))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_inside_the_site_are_plain() {
        for name in ["favicon.svg", "pkg/umbel-1f_bg.wasm", "fonts/inter.woff2"] {
            assert!(is_plain(name), "{name}");
        }
        for name in
            ["", "/etc/passwd", "../x", "a/../b", "a//b", ".hidden", "a\\b", "a%2fb", "a/", "é", "a\0b"]
        {
            assert!(!is_plain(name), "{name}");
        }
    }
}
