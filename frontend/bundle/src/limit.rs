//! The limit we hold ourselves to: what a first visit loads of the browser's program stays small, on every page.

use std::collections::BTreeMap;
use std::iter;

use anyhow::{Result, bail};

use crate::compress::Packed;
use crate::narrate::{self, size};
use crate::wasm::Bindings;

/// For the main module and the parts of one page together, after brotli.
const LIMIT: u64 = 500_000;

/// Says what a first visit loads on each page, and refuses more than the limit.
pub(crate) fn check(bindings: &Bindings) -> Result<()> {
    let parts = bindings.parts.iter().map(|(name, part)| (name.as_str(), brotli(part))).collect();
    check_sizes(brotli(&bindings.wasm), &parts, &bindings.needs)
}

fn check_sizes(main: u64, parts: &BTreeMap<&str, u64>, needs: &BTreeMap<String, Vec<String>>) -> Result<()> {
    let none = ("a page without a part".to_owned(), Vec::new());
    for (page, needed) in iter::once((&none.0, &none.1)).chain(needs) {
        let loaded = main + needed.iter().filter_map(|name| parts.get(name.as_str())).sum::<u64>();
        let words = format!("{} brotli in {} parts", size(loaded), needed.len() + 1);
        narrate::say("visit", &format!("{page}: {words}"));
        if loaded > LIMIT {
            bail!(
                "a first visit of {page} loads {} of WebAssembly after brotli, and the limit is {}; make the page \
                 smaller, or give it a function of its own in app/src/pages/lazy.rs",
                size(loaded),
                size(LIMIT)
            );
        }
    }
    Ok(())
}

fn brotli(packed: &Packed) -> u64 {
    packed.brotli.as_ref().unwrap_or(&packed.plain).len() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_load_so_much_and_no_more() {
        let parts = BTreeMap::from([("own", 60_000), ("shared", 40_000), ("other", 400_000)]);
        let needs = BTreeMap::from([("tasks".to_owned(), vec!["own".to_owned(), "shared".to_owned()])]);
        check_sizes(400_000, &parts, &needs).unwrap();
        let refused = check_sizes(400_001, &parts, &needs).unwrap_err().to_string();
        assert!(refused.starts_with("a first visit of tasks loads 500.0 kB"), "{refused}");
        assert!(check_sizes(500_001, &parts, &BTreeMap::new()).is_err());
    }
}
