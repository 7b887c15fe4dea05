//! Cuts the module into what every page needs and what one page needs, so that a first visit loads little.
//!
//! The cuts are the functions marked `#[wasm_split]` (`app/src/pages/lazy.rs`). What only one of them reaches becomes a part
//! of its own, and so does what the same few of them share; everything else stays in the main module. A script beside
//! the main one, the *loader*, fetches the parts when such a function is called. The linker's notes, which
//! `frontend/build.rs` asks for, tell what reaches what.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use wasm_split_cli_support::Options;

/// The names the main script and the loader call each other by until the site gives them their own.
pub(crate) const MAIN: &str = "./umbel.js";
pub(crate) const LOADER: &str = "./umbel_parts.js";

/// A module in parts, none of them bound or compressed yet.
#[derive(Debug)]
pub(crate) struct Cut {
    pub(crate) main: Vec<u8>,
    pub(crate) loader: String,
    /// By name.
    pub(crate) parts: BTreeMap<String, Vec<u8>>,
    /// The names given to `#[wasm_split]`, each with the parts that must be there before its functions run.
    pub(crate) needs: BTreeMap<String, Vec<String>>,
}

/// Cuts a module; the folder is for the cutter's own files.
pub(crate) fn cut(module: &[u8], folder: &Path) -> Result<Cut> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("failed to empty {}", folder.display()))?;
    }
    let main = folder.join("main.wasm");
    let mut options = Options::new(module);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = MAIN;
    options.link_name = LOADER;
    let done = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("failed to cut the module: {error:#}"))?;

    let mut parts = BTreeMap::new();
    for path in &done.split_modules {
        let name = path.file_stem().and_then(|name| name.to_str());
        let name = name.with_context(|| format!("{} has no name", path.display()))?;
        parts.insert(name.to_owned(), read(path)?);
    }
    let loader = String::from_utf8(read(&folder.join(LOADER))?).context("the loader is not a text")?;
    Ok(Cut { main: read(&main)?, loader, parts, needs: done.prefetch_map.into_iter().collect() })
}

/// The main script, calling the loader by the name it has in the site.
pub(crate) fn name_in_main(script: &str, output_name: &str) -> String {
    script.replace(&format!("from \"{LOADER}\""), &format!("from \"./{output_name}_parts.js\""))
}

/// The loader, calling the main script and the parts by the names they have in the site.
pub(crate) fn name_in_loader(script: &str, output_name: &str) -> String {
    script
        .replace(&format!("from \"{MAIN}\""), &format!("from \"./{output_name}.js\""))
        .replace("new URL(\"./", &format!("new URL(\"./{output_name}_"))
}

/// The module without what the browser does not need: its sections for tools, such as the names of functions.
pub(crate) fn stripped(module: &[u8]) -> Result<Vec<u8>> {
    /// The four letters that every module begins with, and the version.
    const HEADER: usize = 8;
    let (header, mut rest) = module.split_at_checked(HEADER).context("the module is cut short")?;
    let mut kept = header.to_vec();
    while let Some((&kind, after)) = rest.split_first() {
        let (length, start) = length(after).context("a section of the module has no length")?;
        let (section, next) =
            rest.split_at_checked(1 + start + length).context("a section of the module is cut short")?;
        if kind != 0 {
            kept.extend_from_slice(section);
        }
        rest = next;
    }
    Ok(kept)
}

/// A number as WebAssembly writes it, seven bits at a time, and how many bytes it took.
fn length(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut number = 0;
    for (place, byte) in bytes.iter().take(5).enumerate() {
        number |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((number, place + 1));
        }
    }
    None
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("failed to read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_call_each_other_by_the_names_of_the_site() {
        // The second is the name of an import inside the module, which stays as it is.
        let main = "import * as a from \"./umbel_parts.js\"\n\"./umbel_parts.js\": a,";
        assert_eq!(
            name_in_main(main, "umbel-1f"),
            "import * as a from \"./umbel-1f_parts.js\"\n\"./umbel_parts.js\": a,"
        );
        let loader = "import { x } from \"./umbel.js\";\nfetch(new URL(\"./chunk_1.wasm\", import.meta.url))";
        assert_eq!(
            name_in_loader(loader, "umbel-1f"),
            "import { x } from \"./umbel-1f.js\";\nfetch(new URL(\"./umbel-1f_chunk_1.wasm\", import.meta.url))"
        );
    }

    #[test]
    fn sections_for_tools_are_left_out() {
        let header = b"\0asm\x01\0\0\0";
        let types = [1, 4, 1, 0x60, 0, 0];
        let names = [0, 0x85, 0, 4, b'n', b'a', b'm', b'e'];
        let module = [&header[..], &names, &types, &names].concat();
        assert_eq!(stripped(&module).unwrap(), [&header[..], &types].concat());
        assert!(stripped(&module[..module.len() - 1]).is_err());
        assert!(stripped(b"\0asm").is_err());
    }
}
