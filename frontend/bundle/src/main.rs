//! Builds the browser's half of Umbel: `frontend` as WebAssembly, its bindings, the style sheet and the
//! static files, all into `target/site`.
//!
//! It does what `cargo leptos build` does for this workspace, from nothing but crates: no tool has to be
//! downloaded or installed beside cargo, and where rustup cannot fetch the WebAssembly target a compiler
//! from Debian takes over. Read the modules in the order of the work:
//!
//! * [`workspace`]: where things are
//! * [`fingerprint`]: whether anything changed since the last time
//! * [`toolchain`]: which compiler can make WebAssembly here
//! * [`wasm`]: compile and bind
//! * [`parts`]: what every page needs apart from what one page needs
//! * [`css`]: one style sheet out of many
//! * [`compress`]: brotli and gzip beside every file worth it
//! * [`limit`]: how much a first visit may load
//! * [`site`]: names that may be cached for ever, and the manifest the server reads
//! * [`watch`]: the same again on every change, with the server restarted

mod arguments;
mod compress;
mod css;
mod fingerprint;
mod limit;
mod narrate;
mod parts;
mod site;
mod toolchain;
mod wasm;
mod watch;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use arguments::Arguments;
use workspace::{Purpose, Workspace};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bundle: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    if arguments.help {
        eprintln!("{}", arguments::USAGE);
        return Ok(());
    }
    let workspace = Workspace::find()?;
    if arguments.watch {
        return watch::watch(&workspace, &arguments.server);
    }
    bundle(&workspace, arguments.purpose)
}

/// One pass over everything; returns quickly when `target/site` already shows the present sources.
fn bundle(workspace: &Workspace, purpose: Purpose) -> Result<()> {
    let inputs = fingerprint::of_sources(workspace)?;
    if site::is_current(workspace, purpose, &inputs) {
        narrate::say("site", "up to date");
        return Ok(());
    }
    let module = wasm::compile(workspace)?;
    let bindings = wasm::bind(workspace, purpose, &module)?;
    let style = css::bundle(workspace)?;
    site::write(workspace, purpose, &inputs, &bindings, &style)
}
