//! The browser's half: scripts, style, fonts and icons, as the bundle tool wrote them into `target/site`.
//!
//! A release binary carries the files inside; a debug build reads them from disk, so that a rebuilt site is seen
//! without building the server again. Without any site the pages still work, unstyled and without scripts.

mod answer;
mod encoding;
mod source;

pub use source::Assets;
