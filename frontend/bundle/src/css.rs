//! One style sheet out of the many small ones: `style/main.css` names them in order.

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};

use crate::narrate;
use crate::workspace::Workspace;

/// Browsers of the last two years or so: recent enough for nesting and `oklch` to pass through, old
/// enough that a laptop with a long-term release of Firefox sees what we see.
const EVERGREEN: Browsers = Browsers {
    android: None,
    chrome: Some(version(120, 0)),
    edge: Some(version(120, 0)),
    firefox: Some(version(121, 0)),
    ie: None,
    ios_saf: Some(version(17, 2)),
    opera: None,
    safari: Some(version(17, 2)),
    samsung: None,
};

const fn version(major: u32, minor: u32) -> u32 {
    major << 16 | minor << 8
}

/// The whole style sheet, bundled and minified.
pub(crate) fn bundle(workspace: &Workspace) -> Result<String> {
    narrate::timed("css", "bundling style/main.css", || {
        let files = FileProvider::new();
        let mut bundler = Bundler::new(&files, None, ParserOptions::default());
        // The errors borrow from the file provider, so they are turned into text before it goes.
        let mut sheet =
            bundler.bundle(&workspace.path("style/main.css")).map_err(|error| anyhow!("style: {error}"))?;
        let targets = Targets::from(EVERGREEN);
        sheet
            .minify(MinifyOptions { targets, ..MinifyOptions::default() })
            .map_err(|error| anyhow!("style: {error}"))?;
        let printed = sheet
            .to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })
            .map_err(|error| anyhow!("style: {error}"))?;
        Ok(printed.code)
    })
}
