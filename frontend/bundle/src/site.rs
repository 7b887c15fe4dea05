//! The finished site, and the names in it.
//!
//! ```text
//! target/site/manifest.json
//! target/site/pkg/umbel-1f0c5e9a7b3d2468.js        (+ .br, .gz)
//! target/site/pkg/umbel-1f0c5e9a7b3d2468_bg.wasm   (+ .br, .gz)
//! target/site/pkg/umbel-1f0c5e9a7b3d2468_parts.js  (+ .br, .gz)
//! target/site/pkg/umbel-1f0c5e9a7b3d2468_....wasm  (+ .br, .gz), one for each part of the module
//! target/site/pkg/umbel-1f0c5e9a7b3d2468.css       (+ .br, .gz)
//! target/site/...                                  everything from public/, names unchanged
//! ```
//!
//! Files under `pkg/` carry a digest of their contents, so they may be cached for ever. Leptos can do
//! that too (`hash_files`), but it reads the digests at run time from a `hash.txt` beside the executable,
//! and a single binary has nothing beside it. So the digest is made part of the *output name*, of which
//! there is one for all: the server reads `manifest.json` from the site it embeds and hands
//! `output_name` to `LeptosOptions`; `HydrationScripts` and `HashedStylesheet` then write these very names.
//!
//! ```json
//! {
//!   "output_name": "umbel-1f0c5e9a7b3d2468", "inputs": "(for this tool)", "compressed": true,
//!   "parts": { "a page's function": ["umbel-1f0c5e9a7b3d2468_chunk_5", "..."] }
//! }
//! ```
//!
//! By `parts` the server tells the browser, in the page itself, which parts to fetch.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, iter};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::compress::Packed;
use crate::fingerprint;
use crate::limit;
use crate::narrate::{self, size};
use crate::parts;
use crate::wasm::Bindings;
use crate::workspace::{Purpose, Workspace};

const MANIFEST: &str = "manifest.json";

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    output_name: String,
    /// A digest of the sources, by which the next run sees that there is nothing to do.
    inputs: String,
    compressed: bool,
    /// The lazy functions of `app`, each with the parts it needs.
    parts: BTreeMap<String, Vec<String>>,
}

/// Whether the site was made from these inputs, and is good enough for its purpose.
pub(crate) fn is_current(workspace: &Workspace, purpose: Purpose, inputs: &str) -> bool {
    fs::read(workspace.site().join(MANIFEST))
        .ok()
        .and_then(|json| serde_json::from_slice::<Manifest>(&json).ok())
        .is_some_and(|manifest| {
            manifest.inputs == inputs && (manifest.compressed || purpose == Purpose::Develop)
        })
}

/// Writes the whole site beside the old one, then takes its place.
pub(crate) fn write(
    workspace: &Workspace,
    purpose: Purpose,
    inputs: &str,
    bindings: &Bindings,
    style: &str,
) -> Result<()> {
    let texts = [&bindings.js, &bindings.loader, style].map(str::as_bytes);
    let modules = iter::once(&bindings.wasm).chain(bindings.parts.values());
    let digest = fingerprint::of_contents(texts.into_iter().chain(modules.map(|module| &module.plain[..])));
    let output_name = format!("umbel-{digest}");
    let fresh = workspace.path("target/site.new");
    clear(&fresh)?;
    if purpose == Purpose::Ship {
        limit::check(bindings)?;
    }

    narrate::timed("site", "writing target/site", || {
        let text = |name: &str, text: String| pack(purpose, name, text.into_bytes());
        let js = text("umbel.js", parts::name_in_main(&bindings.js, &output_name))?;
        let loader = text("umbel.js", parts::name_in_loader(&bindings.loader, &output_name))?;
        let style = text("umbel.css", style.to_owned())?;
        let named = [("_bg.wasm", &bindings.wasm), (".js", &js), ("_parts.js", &loader), (".css", &style)];
        for (suffix, packed) in named {
            packed.write(&fresh.join("pkg").join(format!("{output_name}{suffix}")))?;
        }
        let file_of = |part: &String| format!("{output_name}_{part}");
        for (name, packed) in &bindings.parts {
            packed.write(&fresh.join("pkg").join(format!("{}.wasm", file_of(name))))?;
        }
        copy_public(purpose, &workspace.path("public"), &fresh)?;
        let needs = bindings.needs.iter();
        let manifest = serde_json::to_vec_pretty(&Manifest {
            parts: needs.map(|(page, parts)| (page.clone(), parts.iter().map(file_of).collect())).collect(),
            output_name: output_name.clone(),
            inputs: inputs.to_owned(),
            compressed: purpose == Purpose::Ship,
        })?;
        Packed::plain(manifest).write(&fresh.join(MANIFEST))?;
        clear(&workspace.site())?;
        fs::rename(&fresh, workspace.site()).context("failed to put the new site in place")?;
        for (suffix, packed) in named {
            narrate::say("", &sizes(suffix, packed));
        }
        Ok(())
    })
}

fn copy_public(purpose: Purpose, from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(from).with_context(|| format!("failed to list {}", from.display()))? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.is_dir() {
            copy_public(purpose, &path, &to.join(name))?;
        } else {
            let contents = fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
            pack(purpose, name, contents)?.write(&to.join(name))?;
        }
    }
    Ok(())
}

fn pack(purpose: Purpose, name: &str, contents: Vec<u8>) -> Result<Packed> {
    match purpose {
        Purpose::Develop => Ok(Packed::plain(contents)),
        Purpose::Ship => Packed::compressed(name, contents),
    }
}

fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("failed to remove {}", folder.display()))?;
    }
    Ok(())
}

fn sizes(suffix: &str, packed: &Packed) -> String {
    let form =
        |contents: &Option<Vec<u8>>| contents.as_ref().map_or_else(|| "-".into(), |it| size(it.len() as u64));
    format!(
        "{suffix:<9} {:>9} plain {:>9} brotli {:>9} gzip",
        size(packed.plain.len() as u64),
        form(&packed.brotli),
        form(&packed.gzip)
    )
}
