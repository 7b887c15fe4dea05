//! Small choices the browser remembers between visits. Where storage is refused, they last as long as the tab.

use leptos::prelude::*;

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// What was remembered under a name. Browser only.
pub(super) fn recall(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Remembers a value under a name. Browser only.
pub(super) fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden storage only costs the memory of the choice.
        let _ = storage.set_item(key, value);
    }
}
