//! Text for the two places into which the server writes text as it is.
//!
//! leptos_meta 0.8 does not escape `<title>`, and tachys 0.2 does not escape what stands in `<textarea>`, so that a
//! task named `</title><script>` would become markup. Both elements read character references, so escaping is all
//! it takes. In the browser both are set as text, which needs none.

/// The text as the server has to write it; in the browser, the text itself.
pub(crate) fn raw_text(text: String) -> String {
    if cfg!(feature = "ssr") {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        text
    }
}
