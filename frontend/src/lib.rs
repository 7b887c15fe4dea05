//! The browser's entry point: it brings the server-rendered page to life, and nothing else.

/// Called by the script in the page's head once the wasm module has loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(app::App);
}
