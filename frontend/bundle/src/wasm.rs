//! The browser's program: compiled by cargo, cut into parts, then given its JavaScript half by wasm-bindgen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::compress::Packed;
use crate::fingerprint;
use crate::narrate::{self, size};
use crate::parts::{self, Cut};
use crate::toolchain::{self, TARGET};
use crate::workspace::{Purpose, Workspace};

/// The profile of the workspace's manifest that is meant for the browser.
const PROFILE: &str = "wasm-release";

// What is kept of the last time.
const JS: &str = "umbel.js";
const WASM: &str = "umbel.wasm";
const LOADER: &str = "umbel_parts.js";
const NEEDS: &str = "needs.json";

/// The module as the browser takes it. The scripts are texts, because the site still writes names into them.
#[derive(Debug)]
pub(crate) struct Bindings {
    pub(crate) js: String,
    pub(crate) wasm: Packed,
    pub(crate) loader: String,
    pub(crate) parts: BTreeMap<String, Packed>,
    pub(crate) needs: BTreeMap<String, Vec<String>>,
}

/// Compiles `frontend` and returns the module as the compiler wrote it.
pub(crate) fn compile(workspace: &Workspace) -> Result<Vec<u8>> {
    let toolchain = toolchain::find(workspace)?;
    let what = format!("compiling frontend with {toolchain}; minutes the first time, seconds later");
    narrate::timed("wasm", &what, || {
        let status = toolchain
            .cargo()
            .current_dir(&workspace.root)
            .args(["build", "--package", "frontend", "--lib", "--target", TARGET])
            .args(["--profile", PROFILE, "--target-dir"])
            .arg(workspace.wasm_target())
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", compiler_flags())
            .status()
            .context("failed to start cargo")?;
        if !status.success() {
            bail!("the frontend does not compile");
        }
        read(&workspace.wasm_target().join(TARGET).join(PROFILE).join("frontend.wasm"))
    })
}

/// Writes the bindings; an unchanged module gets those of the last time.
pub(crate) fn bind(workspace: &Workspace, purpose: Purpose, module: &[u8]) -> Result<Bindings> {
    let folder = workspace.wasm_target().join("bindings").join(purpose.folder());
    let digest = fingerprint::of_contents([module, wasm_bindgen_cli_support_version()]);
    if fs::read_to_string(folder.join("digest")).is_ok_and(|last| last == digest)
        && let Ok(bindings) = load(&folder)
    {
        narrate::say("bindings", "up to date");
        return Ok(bindings);
    }
    let bindings =
        narrate::timed("bindings", &format!("binding a module of {}", size(module.len() as u64)), || {
            let cut = parts::cut(module, &workspace.wasm_target().join("parts"))?;
            generate(purpose, cut)
        })?;
    store(&folder, &bindings, &digest)?;
    Ok(bindings)
}

fn generate(purpose: Purpose, cut: Cut) -> Result<Bindings> {
    let mut output = Bindgen::new()
        .input_bytes("umbel", cut.main)
        .web(true)?
        .typescript(false)
        .remove_name_section(purpose == Purpose::Ship)
        .remove_producers_section(purpose == Purpose::Ship)
        // The parts use the main module's memory and table.
        .keep_lld_exports(true)
        // The page names the module itself, so the script needs no default that would tie it to a file name.
        .omit_default_module_path(true)
        .generate_output()?;
    // Every crate with bindings has an entry here, nearly always an empty one.
    let own_scripts = output.snippets().iter().find(|(_, scripts)| !scripts.is_empty());
    if let Some((name, _)) = own_scripts {
        bail!("{name} brings JavaScript of its own, which this site does not carry");
    }
    let js = output.js().to_owned();
    let wasm = pack(purpose, output.wasm_mut().emit_wasm())?;
    let parts = cut.parts.into_iter().map(|(name, part)| {
        let part = if purpose == Purpose::Ship { parts::stripped(&part)? } else { part };
        Ok((name, pack(purpose, part)?))
    });
    Ok(Bindings { js, wasm, loader: cut.loader, parts: parts.collect::<Result<_>>()?, needs: cut.needs })
}

fn pack(purpose: Purpose, module: Vec<u8>) -> Result<Packed> {
    match purpose {
        Purpose::Develop => Ok(Packed::plain(module)),
        Purpose::Ship => Packed::compressed("umbel.wasm", module),
    }
}

/// The flags of `.cargo/config.toml`, which this variable takes the place of, and one more: the absolute
/// paths of a developer's home would end up in panic messages, make the module larger, and make the same
/// source yield different bytes on different machines.
fn compiler_flags() -> String {
    const ERASED: &str = "--cfg erase_components";
    let home =
        std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")));
    home.map_or_else(
        |_| ERASED.to_owned(),
        |home| format!("{ERASED} --remap-path-prefix={home}/registry/src="),
    )
}

/// A new version of the binder means new bindings even for an old module.
fn wasm_bindgen_cli_support_version() -> &'static [u8] {
    include_bytes!("../Cargo.toml")
}

fn load(folder: &Path) -> Result<Bindings> {
    let needs: BTreeMap<String, Vec<String>> = serde_json::from_slice(&read(&folder.join(NEEDS))?)?;
    let names: BTreeSet<&String> = needs.values().flatten().collect();
    let parts = names.into_iter().map(|name| Ok((name.clone(), Packed::read(&part(folder, name))?)));
    Ok(Bindings {
        js: String::from_utf8(read(&folder.join(JS))?)?,
        wasm: Packed::read(&folder.join(WASM))?,
        loader: String::from_utf8(read(&folder.join(LOADER))?)?,
        parts: parts.collect::<Result<_>>()?,
        needs,
    })
}

fn store(folder: &Path, bindings: &Bindings, digest: &str) -> Result<()> {
    // The digest goes last and the old one goes first: a build that is cut short is not taken for a finished one.
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("failed to empty {}", folder.display()))?;
    }
    bindings.wasm.write(&folder.join(WASM))?;
    for (name, packed) in &bindings.parts {
        packed.write(&part(folder, name))?;
    }
    fs::write(folder.join(JS), &bindings.js).context("failed to keep the script")?;
    fs::write(folder.join(LOADER), &bindings.loader).context("failed to keep the loader")?;
    fs::write(folder.join(NEEDS), serde_json::to_vec(&bindings.needs)?)
        .context("failed to keep the needs")?;
    fs::write(folder.join("digest"), digest).context("failed to note the digest of the bindings")
}

fn part(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.wasm"))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("failed to read {}", path.display()))
}
