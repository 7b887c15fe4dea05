//! The HTML document around the app.
//!
//! The only script written here chooses theme and row height before the first paint; without it a person who
//! prefers dark would see a white flash on every load, and compact rows would jump. It carries the nonce of the
//! content security policy.

use crate::App;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// Reads the remembered choices and writes them on the root element. The theme `system` leaves its attribute out,
/// so that the style sheet follows the operating system.
const CHOICES_SCRIPT: &str = "try{var s=localStorage,d=document.documentElement.dataset,t=s.getItem('umbel-theme');\
if(t==='light'||t==='dark')d.theme=t;if(s.getItem('umbel-density')==='compact')d.density='compact'}catch(e){}";

/// Renders the whole document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let pkg = options.site_pkg_dir.clone();
    let name = options.output_name.clone();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <script nonce=use_nonce()>{CHOICES_SCRIPT}</script>
                <link
                    rel="preload"
                    href="/fonts/inter.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <link rel="stylesheet" id="leptos" href=format!("/{pkg}/{name}.css") />
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml" />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
