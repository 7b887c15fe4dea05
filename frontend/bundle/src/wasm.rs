//! The browser's program: compiled by cargo, then given its JavaScript half by wasm-bindgen.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::compress::Packed;
use crate::fingerprint;
use crate::narrate::{self, size};
use crate::toolchain::{self, TARGET};
use crate::workspace::{Purpose, Workspace};

/// The profile of the workspace's manifest that is meant for the browser.
const PROFILE: &str = "wasm-release";

/// What wasm-bindgen makes of the module.
#[derive(Debug)]
pub(crate) struct Bindings {
    pub(crate) js: Packed,
    pub(crate) wasm: Packed,
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
            generate(purpose, module)
        })?;
    store(&folder, &bindings, &digest)?;
    Ok(bindings)
}

fn generate(purpose: Purpose, module: &[u8]) -> Result<Bindings> {
    let mut output = Bindgen::new()
        .input_bytes("umbel", module.to_vec())
        .web(true)?
        .typescript(false)
        .remove_name_section(purpose == Purpose::Ship)
        .remove_producers_section(purpose == Purpose::Ship)
        // The page names the module itself, so the script needs no default that would tie it to a file name.
        .omit_default_module_path(true)
        .generate_output()?;
    // Every crate with bindings has an entry here, nearly always an empty one.
    let own_scripts = output.snippets().iter().find(|(_, scripts)| !scripts.is_empty());
    if let Some((name, _)) = own_scripts {
        bail!("{name} brings JavaScript of its own, which this site does not carry");
    }
    let js = output.js().as_bytes().to_vec();
    let wasm = output.wasm_mut().emit_wasm();
    match purpose {
        Purpose::Develop => Ok(Bindings { js: Packed::plain(js), wasm: Packed::plain(wasm) }),
        Purpose::Ship => Ok(Bindings {
            js: Packed::compressed("umbel.js", js)?,
            wasm: Packed::compressed("umbel.wasm", wasm)?,
        }),
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
    Ok(Bindings {
        js: Packed::read(&folder.join("umbel.js"))?,
        wasm: Packed::read(&folder.join("umbel.wasm"))?,
    })
}

fn store(folder: &Path, bindings: &Bindings, digest: &str) -> Result<()> {
    // The digest goes last and the old one goes first: a build that is cut short is not taken for a finished one.
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("failed to empty {}", folder.display()))?;
    }
    bindings.js.write(&folder.join("umbel.js"))?;
    bindings.wasm.write(&folder.join("umbel.wasm"))?;
    fs::write(folder.join("digest"), digest).context("failed to note the digest of the bindings")
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("failed to read {}", path.display()))
}
