//! A release build carries the browser's half inside (`src/web/assets`), so it must notice when that was rebuilt.
//!
//! Cargo reruns this script for ever where a watched file is missing, hence the empty folder. It lies outside of
//! `OUT_DIR` because the site is shared with the tool that writes it.

use std::env;
use std::fs;
use std::path::Path;

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script everything through the environment"
)]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("PROFILE").as_deref() != Ok("release") {
        return;
    }
    let site = Path::new("../target/site");
    if let Err(error) = fs::create_dir_all(site) {
        println!("cargo::warning=cannot make {}: {error}", site.display());
    }
    println!("cargo::rerun-if-changed={}", site.display());
}
