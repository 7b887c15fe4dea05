//! One style sheet out of the many small ones: `style/main.css` names them in order.

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};

use crate::narrate;
use crate::workspace::Workspace;

/// Browsers of spring 2024 and later: the first that all know `light-dark()`, on which the two themes rest,
/// and nesting. Older ones would need every colour twice.
const EVERGREEN: Browsers = Browsers {
    android: None,
    chrome: Some(version(123, 0)),
    edge: Some(version(123, 0)),
    firefox: Some(version(125, 0)),
    ie: None,
    ios_saf: Some(version(17, 5)),
    opera: None,
    safari: Some(version(17, 5)),
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
