//! The browser's entry point: it brings the server-rendered page to life, and nothing else.

use app::pages::lazy;
use leptos::prelude::window;
use wasm_bindgen_futures::spawn_local;

/// Called by the script in the page's head once the wasm module has loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    spawn_local(async {
        let path = window().location().pathname().unwrap_or_default();
        // Without its code the page stays what the server made of it, which works. The loader has said what failed.
        if lazy::fetch(&path).await.is_ok() {
            leptos::mount::hydrate_body(app::App);
        }
    });
}
