//! Keeps the linker's notes in the module: `frontend/bundle` cuts it into parts along them.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-cdylib-link-arg=--emit-relocs");
    }
}
